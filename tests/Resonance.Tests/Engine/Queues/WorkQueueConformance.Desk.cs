using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Queues;
using Xunit;

namespace Resonance.Tests.Engine.Queues;

// What operators do and see, and those who wait.
public abstract partial class WorkQueueConformance
{
    [Fact]
    public async Task A_queue_is_counted_by_what_holds_it_back()
    {
        await PutAsync(new WorkQueueSettings { KeyConcurrency = 1 });
        await SendAsync(Item("old"));
        _clock.Advance(TimeSpan.FromMinutes(2));
        await SendAsync(Item("a1", "a"), Item("a2", "a"), Item("a3", "a"), Item("x1", key: "x"), Item("x2", key: "x"), Item("later", delay: TimeSpan.FromHours(1)));
        var received = await TakeAsync(4);
        Assert.Equal(["old", "a1", "x1"], received.Select(NameOf));
        await DeleteAsync(received[0]);

        var figures = await CountAsync(topKeys: 2);
        Assert.Equal((3, 2, 1), (figures.Waiting, figures.BehindGroup, figures.LimitedByKey));
        Assert.Equal((2, 1, 0), (figures.InFlight, figures.Delayed, figures.DeadLetters));
        Assert.Equal(_clock.GetUtcNow(), figures.OldestAt);
        Assert.Null(figures.LimitedBy);
        Assert.Equal((6, 3), (figures.EnqueuedLastMinute, figures.DequeuedLastMinute));
        Assert.Equal([new WorkKeyCount("group", "a", 2, 1), new WorkKeyCount("limit", "x", 1, 1)], figures.Keys);
        _clock.Advance(TimeSpan.FromMinutes(1.5));
        Assert.Equal(0, (await CountAsync()).DequeuedLastMinute);
    }

    [Fact]
    public async Task A_queue_that_is_paused_hands_nothing_out_until_it_is_resumed()
    {
        await Store.DeclareAsync(Queue, new WorkQueueSettings(), Cancel);
        await SendAsync(Item("a"), Item("b", "g"));
        Assert.True(await Store.PauseAsync(Queue, pause: true, Ann, Cancel));
        Assert.False(await Store.PauseAsync(Queue, pause: true, Ann, Cancel));
        Assert.Empty(await TakeAsync());
        Assert.Null(await Store.NextVisibleAsync(Queue, Cancel));
        Assert.Equal("paused", (await CountAsync()).LimitedBy);
        Assert.Equal(new WorkQueuePause("ann", "the board decided", _clock.GetUtcNow()), (await Store.FindAsync(Queue, Cancel))!.Paused);

        Assert.True(await Store.PauseAsync(Queue, pause: false, Ann, Cancel));
        Assert.False(await Store.PauseAsync(Queue, pause: false, Ann, Cancel));
        Assert.Equal(["a", "b"], await ReceiveAsync());
        Assert.False(await Store.PauseAsync("nobody", pause: true, Ann, Cancel));
    }

    [Fact]
    public async Task What_leaves_while_a_queue_is_paused_makes_room_when_it_goes_on()
    {
        await PutAsync(new WorkQueueSettings { KeyConcurrency = 1 });
        await SendAsync(Item("a1", "a", key: "x"), Item("a2", "a"), Item("b1", key: "x"));
        var first = Assert.Single(await TakeAsync());
        await Store.PauseAsync(Queue, pause: true, Ann, Cancel);
        await DeleteAsync(first);
        Assert.Empty(await TakeAsync());
        await Store.PauseAsync(Queue, pause: false, Ann, Cancel);
        Assert.Equal(["a2", "b1"], await ReceiveAsync());
    }

    [Fact]
    public async Task Settings_change_only_as_they_were_looked_at_and_each_change_is_kept()
    {
        Assert.Null(await Store.FindAsync(Queue, Cancel));
        await Store.DeclareAsync(Queue, new WorkQueueSettings { Concurrency = 5 }, Cancel);
        await Store.DeclareAsync(Queue, new WorkQueueSettings { Concurrency = 6 }, Cancel);
        var stored = (await Store.FindAsync(Queue, Cancel))!;
        Assert.Equal((5, 1L), (stored.Settings.Concurrency, stored.Revision));

        var wanted = new WorkQueueSettings
        {
            CreditPerLevel = TimeSpan.FromSeconds(7),
            VisibilityTimeout = TimeSpan.FromMinutes(3),
            MaxReceiveCount = 4,
            DeduplicationWindow = TimeSpan.FromHours(1),
            Concurrency = 8,
            KeyConcurrency = 2,
            RateLimit = 50,
            RatePeriod = TimeSpan.FromMinutes(1),
        };
        Assert.Null(await Store.PutAsync(Queue, wanted, Ann, expectedRevision: 2, Cancel));
        var put = (await Store.PutAsync(Queue, wanted, Ann, expectedRevision: 1, Cancel))!;
        Assert.Equal((wanted, 2L), (put.Settings, put.Revision));
        Assert.Equal(put, (await Store.FindAsync(Queue, Cancel))!);
        var change = Assert.Single(await Store.ChangesAsync(Queue, 10, Cancel));
        Assert.Equal(new WorkQueueChange("put", "ann", "the board decided", _clock.GetUtcNow(), wanted, null), change);
        Assert.Equal([Queue], (await Store.ListAsync(Cancel)).Select(queue => queue.Name));
    }

    [Fact]
    public async Task A_purge_leaves_dead_letters_alone_and_groups_begin_anew()
    {
        await PutAsync(new WorkQueueSettings { MaxReceiveCount = 1, VisibilityTimeout = Second });
        await SendAsync(Item("dead"));
        await TakeAsync();
        _clock.Advance(Second);
        await SendAsync(Item("a1", "a"), Item("a2", "a"), Item("later", delay: Second));
        await TakeAsync(visibility: TimeSpan.FromHours(1));
        Assert.Equal(3, await Store.PurgeAsync(Queue, Ann, Cancel));
        Assert.Equal((0, 0, 1), ((await CountAsync()).Waiting, (await CountAsync()).InFlight, (await CountAsync()).DeadLetters));
        Assert.Equal(3, (await Store.ChangesAsync(Queue, 1, Cancel))[0].Items);
        await SendAsync(Item("a3", "a"));
        Assert.Equal(["a3"], await ReceiveAsync());
    }

    [Fact]
    public async Task An_item_knows_its_place()
    {
        await SendAsync(Item("a1", "a"), Item("b"), Item("a2", "a"), Item("urgent", priority: 1), Item("later", delay: Second));
        Assert.Equal(["urgent"], await ReceiveAsync(1));
        Assert.Equal((WorkItemState.InFlight, 0L), await PlaceAsync("urgent"));
        Assert.Equal((WorkItemState.Ready, 0L), await PlaceAsync("a1"));
        Assert.Equal((WorkItemState.Ready, 1L), await PlaceAsync("b"));
        Assert.Equal((WorkItemState.Behind, 2L), await PlaceAsync("a2"));
        Assert.Equal(_clock.GetUtcNow() + Second, (await Store.LocateAsync(Queue, IdOf("later"), Cancel))!.VisibleAt);
        Assert.Null(await Store.LocateAsync(Queue, IdOf("nobody"), Cancel));

        async Task<(string, long)> PlaceAsync(string name)
        {
            var place = (await Store.LocateAsync(Queue, IdOf(name), Cancel))!;
            return (place.State, place.Ahead);
        }
    }

    [Fact]
    public async Task Items_can_be_looked_at_page_by_page()
    {
        await SendAsync(Item("a"), Item("b"), Item("c"));
        await TakeAsync(1);
        var page = await Store.PeekAsync(Queue, null, null, 2, Cancel);
        Assert.Equal([IdOf("a"), IdOf("b")], page.Select(item => item.Id));
        Assert.Equal([WorkItemState.InFlight, WorkItemState.Ready], page.Select(item => item.State));
        Assert.Equal([IdOf("c")], (await Store.PeekAsync(Queue, null, page[^1].Sequence, 2, Cancel)).Select(item => item.Id));
        Assert.Equal([IdOf("b"), IdOf("c")], (await Store.PeekAsync(Queue, WorkItemState.Ready, null, 9, Cancel)).Select(item => item.Id));
        Assert.Equal(["b", "c"], await ReceiveAsync());
    }

    [Fact]
    public async Task A_receive_that_waits_is_told_of_what_is_sent()
    {
        var queue = _services.GetRequiredService<WorkQueues>().Open(Queue);
        var waiting = queue.ReceiveAsync(wait: WorkQueue.WaitMax, cancellationToken: Cancel);
        await queue.SendAsync(Item("a"), Cancel);
        var received = Assert.Single(await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        Assert.Equal("a", NameOf(received));
        Assert.Equal(ReceiptOutcome.Done, await queue.DeleteAsync(received.Receipt, Cancel));
    }

    [Fact]
    public async Task A_receive_that_waits_is_told_when_the_one_before_it_in_the_group_has_left()
    {
        var queue = _services.GetRequiredService<WorkQueues>().Open(Queue);
        await queue.SendAsync([Item("a1", "a"), Item("a2", "a")], Cancel);
        var first = Assert.Single(await queue.ReceiveAsync(cancellationToken: Cancel));
        var waiting = queue.ReceiveAsync(wait: WorkQueue.WaitMax, cancellationToken: Cancel);
        await queue.DeleteAsync(first.Receipt, Cancel);
        Assert.Equal("a2", NameOf(Assert.Single(await waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancel))));
    }

    [Fact]
    public async Task Calls_of_one_moment_share_what_there_is_and_each_gets_its_own_answer()
    {
        var queue = _services.GetRequiredService<WorkQueues>().Open(Queue);
        var sent = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => queue.SendAsync([Item($"i{number}"), Item($"j{number}")], Cancel)));
        Assert.All(sent, results => Assert.All(results, result => Assert.False(result.Duplicate)));
        var received = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => queue.ReceiveAsync(3, cancellationToken: Cancel)));
        Assert.All(received, share => Assert.True(share.Count <= 3));
        Assert.Equal(100, received.SelectMany(share => share).Select(item => item.Receipt.ItemId).Distinct().Count());
        var deleted = await Task.WhenAll(received.Where(share => share.Count > 0).Select(share => queue.DeleteAsync([.. share.Select(item => item.Receipt)], Cancel)));
        Assert.All(deleted.SelectMany(outcomes => outcomes), outcome => Assert.Equal(ReceiptOutcome.Done, outcome));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.ReceiveAsync(wait: TimeSpan.FromSeconds(21), cancellationToken: Cancel));
    }
}
