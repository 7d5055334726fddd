using Resonance.Engine.Queues;
using Xunit;

namespace Resonance.Tests.Engine.Queues;

// Groups, priority, limits.
public abstract partial class WorkQueueConformance
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Those_of_a_group_come_one_after_the_other_and_groups_do_not_block_each_other()
    {
        await SendAsync(Item("a1", "a"), Item("a2", "a"), Item("b1", "b"), Item("free"), Item("a3", "a"), Item("b2", "b"));
        var first = await TakeAsync();
        Assert.Equal(["a1", "b1", "free"], first.Select(NameOf));
        Assert.Empty(await TakeAsync());

        await DeleteAsync(first[0]);
        Assert.Equal(["a2"], await ReceiveAsync());
        await DeleteAsync(first[1]);
        Assert.Equal(["b2"], await ReceiveAsync());
    }

    [Fact]
    public async Task One_that_comes_again_is_still_the_first_of_its_group()
    {
        await SendAsync(Item("a1", "a"), Item("a2", "a"));
        await TakeAsync(visibility: Second);
        _clock.Advance(Second);
        Assert.Equal(["a1"], await ReceiveAsync());
    }

    [Fact]
    public async Task A_delayed_one_holds_up_its_group()
    {
        await SendAsync(Item("a1", "a", delay: Second), Item("a2", "a"), Item("b1", "b"));
        Assert.Equal(["b1"], await ReceiveAsync());
        _clock.Advance(Second);
        Assert.Equal(["a1"], await ReceiveAsync());
    }

    [Fact]
    public async Task A_delay_of_one_that_waits_in_its_group_runs_all_the_same()
    {
        await SendAsync(Item("a1", "a"), Item("a2", "a", delay: 2 * Second), Item("a3", "a"));
        var first = Assert.Single(await TakeAsync());
        _clock.Advance(Second);
        await DeleteAsync(first);
        Assert.Empty(await TakeAsync());
        _clock.Advance(Second);
        Assert.Equal(["a2"], await ReceiveAsync());
    }

    [Fact]
    public async Task A_group_goes_on_after_a_dead_letter_and_a_redriven_one_comes_last()
    {
        await PutAsync(new WorkQueueSettings { MaxReceiveCount = 1, VisibilityTimeout = Second });
        await SendAsync(Item("a1", "a"), Item("a2", "a"), Item("a3", "a"));
        Assert.Equal(["a1"], await ReceiveAsync());
        _clock.Advance(Second);
        var second = Assert.Single(await TakeAsync());
        Assert.Equal("a2", NameOf(second));
        await Store.RedriveAsync(Queue, null, 10, Ann, Cancel);
        await DeleteAsync(second);
        var third = Assert.Single(await TakeAsync());
        Assert.Equal("a3", NameOf(third));
        await DeleteAsync(third);
        Assert.Equal(["a1"], await ReceiveAsync());
    }

    [Fact]
    public async Task In_a_group_priority_changes_nothing_but_where_its_first_one_stands()
    {
        await SendAsync(Item("free"), Item("a1", "a", priority: 1), Item("a2", "a", priority: 9), Item("urgent", priority: 2));
        Assert.Equal(["urgent", "a1", "free"], await ReceiveAsync());
    }

    [Fact]
    public async Task Nothing_is_overtaken_by_what_is_sent_later_than_its_credit()
    {
        // The bound that is published: nine levels times the credit of one.
        await SendAsync(Item("waits"));
        _clock.Advance(9 * TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
        await SendAsync(Item("just-in-time", priority: 9));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await SendAsync(Item("as-good", priority: 9));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await SendAsync(Item("too-late", priority: 9));
        Assert.Equal(["just-in-time", "waits", "as-good", "too-late"], await ReceiveAsync());
    }

    [Fact]
    public async Task Under_a_stream_of_urgent_ones_the_last_one_comes_when_the_bound_says()
    {
        await PutAsync(new WorkQueueSettings { CreditPerLevel = Second });
        await SendAsync(Item("last"));
        for (var overtaken = 0; ; overtaken++)
        {
            await SendAsync(Item($"u{overtaken}", priority: 9));
            if ((await ReceiveAsync(1))[0] == "last")
            {
                Assert.Equal(9, overtaken);
                return;
            }

            _clock.Advance(Second);
        }
    }

    [Fact]
    public async Task Another_credit_ranks_anew_what_waits()
    {
        await SendAsync(Item("old"), Item("old-in-group", "g"));
        _clock.Advance(10 * Second);
        await SendAsync(Item("urgent", priority: 1));
        await PutAsync(new WorkQueueSettings { CreditPerLevel = Second });
        Assert.Equal(["old", "old-in-group", "urgent"], await ReceiveAsync());
    }

    [Fact]
    public async Task As_many_are_in_flight_as_may()
    {
        await PutAsync(new WorkQueueSettings { Concurrency = 2, VisibilityTimeout = 10 * Second });
        await SendAsync(Item("a"), Item("b"), Item("c"), Item("d"));
        var first = await TakeAsync();
        Assert.Equal(["a", "b"], first.Select(NameOf));
        Assert.Empty(await TakeAsync());
        Assert.Equal("concurrency", (await CountAsync()).LimitedBy);
        Assert.Equal(10 * Second, await Store.NextVisibleAsync(Queue, Cancel));

        await DeleteAsync(first[0]);
        Assert.Equal(["c"], await ReceiveAsync());
        _clock.Advance(10 * Second);
        Assert.Equal(["b", "c"], await ReceiveAsync());
    }

    [Fact]
    public async Task As_many_of_a_key_are_in_flight_as_may_and_others_pass()
    {
        await PutAsync(new WorkQueueSettings { KeyConcurrency = 2 });
        await SendAsync(Item("x1", key: "x"), Item("x2", key: "x"), Item("x3", key: "x"), Item("x4", key: "x"), Item("y1", key: "y"), Item("free"));
        var first = await TakeAsync(4);
        Assert.Equal(["x1", "x2", "y1", "free"], first.Select(NameOf));
        Assert.Equal(2, (await CountAsync()).LimitedByKey);
        Assert.Empty(await TakeAsync());

        // The best ranked of the key goes first, also when it came last.
        await SendAsync(Item("x5", key: "x", priority: 1));
        await DeleteAsync(first[1]);
        Assert.Equal(["x5"], await ReceiveAsync());
        await DeleteAsync(first[0]);
        Assert.Equal(["x3"], await ReceiveAsync());
    }

    [Fact]
    public async Task A_time_out_that_ends_makes_room_for_the_key()
    {
        await PutAsync(new WorkQueueSettings { KeyConcurrency = 1, MaxReceiveCount = 1, VisibilityTimeout = Second });
        await SendAsync(Item("x1", key: "x"), Item("x2", key: "x"));
        Assert.Equal(["x1"], await ReceiveAsync());
        _clock.Advance(Second);
        Assert.Equal(["x2"], await ReceiveAsync());
    }

    [Fact]
    public async Task The_first_of_a_group_waits_for_its_key_too_and_holds_up_its_group()
    {
        await PutAsync(new WorkQueueSettings { KeyConcurrency = 1 });
        await SendAsync(Item("a1", "a", key: "x"), Item("b1", "b", key: "x"), Item("b2", "b", key: "y"));
        var first = Assert.Single(await TakeAsync());
        Assert.Equal("a1", NameOf(first));
        await DeleteAsync(first);
        var second = Assert.Single(await TakeAsync());
        Assert.Equal("b1", NameOf(second));
        await DeleteAsync(second);
        Assert.Equal(["b2"], await ReceiveAsync());
    }

    [Fact]
    public async Task A_limit_that_is_raised_lowered_or_removed_holds_from_the_next_receive_on()
    {
        await PutAsync(new WorkQueueSettings { KeyConcurrency = 1, Concurrency = 100 });
        await SendAsync([.. Enumerable.Range(1, 6).Select(number => Item($"x{number}", key: "x"))]);
        Assert.Equal(["x1"], await ReceiveAsync());
        await PutAsync(new WorkQueueSettings { KeyConcurrency = 3 });
        var two = await TakeAsync();
        Assert.Equal(["x2", "x3"], two.Select(NameOf));
        await PutAsync(new WorkQueueSettings { KeyConcurrency = 2 });
        await DeleteAsync(two[0]);
        Assert.Empty(await TakeAsync());
        await PutAsync(new WorkQueueSettings());
        Assert.Equal(["x4", "x5", "x6"], await ReceiveAsync());
    }

    [Fact]
    public async Task As_many_are_received_in_a_period_as_may()
    {
        await PutAsync(new WorkQueueSettings { RateLimit = 3, RatePeriod = 3 * Second, VisibilityTimeout = TimeSpan.FromHours(1) });
        await SendAsync([.. Enumerable.Range(1, 9).Select(number => Item($"i{number}"))]);
        Assert.Equal(["i1", "i2", "i3"], await ReceiveAsync());
        Assert.Empty(await TakeAsync());
        Assert.Equal("rate", (await CountAsync()).LimitedBy);
        Assert.Equal(Second, await Store.NextVisibleAsync(Queue, Cancel));
        _clock.Advance(Second);
        Assert.Equal(["i4"], await ReceiveAsync());

        // A rest fills up what may begin at once, and no more than that.
        _clock.Advance(100 * Second);
        Assert.Equal(["i5", "i6", "i7"], await ReceiveAsync());
    }

    [Fact]
    public async Task More_of_full_keys_than_a_look_sees_do_not_hide_the_others()
    {
        await PutAsync(new WorkQueueSettings { KeyConcurrency = 1 });
        await SendAsync([.. Enumerable.Range(0, 600).Select(number => Item($"x{number}", key: "x"))]);
        await SendAsync(Item("y", key: "y"));
        Assert.Equal(["x0", "y"], await ReceiveAsync(2));
    }
}
