using System.ComponentModel.DataAnnotations;
using Resonance.Engine.Queues;
using Xunit;

namespace Resonance.Tests.Engine.Queues;

// Sending, receiving, receipts, dead letters, deduplication.
public abstract partial class WorkQueueConformance
{
    [Fact]
    public async Task What_was_sent_is_received_in_its_order_with_all_that_it_brings_along()
    {
        var sent = new WorkItem
        {
            Body = new byte[] { 0, 1, 255 },
            Attributes = new Dictionary<string, string> { ["kind"] = "große Kiste" },
            GroupId = "g",
            LimitKey = "k",
            Priority = 3,
        };
        var results = await SendAsync(sent, Item("b"), Item("c"));
        Assert.Equal([new SendResult(sent.Id, false), new SendResult(IdOf("b"), false), new SendResult(IdOf("c"), false)], results);

        var received = await TakeAsync();
        Assert.Equal(3, received.Count);
        var first = received[0];
        Assert.Equal((sent.Id, "g", "k", 3, 1), (first.Receipt.ItemId, first.GroupId, first.LimitKey, first.Priority, first.ReceiveCount));
        Assert.Equal(sent.Body.ToArray(), first.Body.ToArray());
        Assert.Equal("große Kiste", first.Attributes["kind"]);
        Assert.Equal(_clock.GetUtcNow(), first.EnqueuedAt);
        Assert.True(received[1].Sequence < received[2].Sequence);
        Assert.Empty(await TakeAsync());
    }

    [Fact]
    public async Task A_receive_takes_no_more_than_it_asks_for()
    {
        await SendAsync(Item("a"), Item("b"), Item("c"));
        Assert.Equal(["a", "b"], await ReceiveAsync(2));
        Assert.Equal(["c"], await ReceiveAsync(2));
    }

    [Fact]
    public async Task What_is_deleted_does_not_come_back_and_a_second_deletion_finds_nothing()
    {
        await SendAsync(Item("a"));
        var received = Assert.Single(await TakeAsync());
        Assert.Equal(ReceiptOutcome.Done, await DeleteAsync(received));
        Assert.Equal(ReceiptOutcome.Unknown, await DeleteAsync(received));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await TakeAsync());
    }

    [Fact]
    public async Task What_is_not_deleted_in_time_comes_again_and_its_old_receipt_has_expired()
    {
        await SendAsync(Item("a"));
        var first = Assert.Single(await TakeAsync(visibility: TimeSpan.FromSeconds(10)));
        _clock.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Empty(await TakeAsync());
        _clock.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(ReceiptOutcome.Expired, await DeleteAsync(first));

        var second = Assert.Single(await TakeAsync());
        Assert.Equal(2, second.ReceiveCount);
        Assert.NotEqual(first.Receipt.Handle, second.Receipt.Handle);
        Assert.Equal(ReceiptOutcome.Expired, await DeleteAsync(first));
        Assert.Equal(ReceiptOutcome.Done, await DeleteAsync(second));
    }

    [Fact]
    public async Task A_time_out_can_be_put_off_brought_forward_and_ended()
    {
        await SendAsync(Item("a"), Item("b"));
        var received = await TakeAsync(visibility: TimeSpan.FromSeconds(10));
        Assert.Equal(ReceiptOutcome.Done, await MakeVisibleInAsync(received[0], TimeSpan.FromSeconds(60)));
        Assert.Equal(ReceiptOutcome.Done, await MakeVisibleInAsync(received[1], TimeSpan.Zero));
        Assert.Equal(["b"], await ReceiveAsync());
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(["b"], await ReceiveAsync());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["a"], await ReceiveAsync());
        Assert.Equal(ReceiptOutcome.Expired, await MakeVisibleInAsync(received[0], TimeSpan.FromSeconds(1)));
        Assert.Equal(ReceiptOutcome.Unknown, (await Store.ChangeVisibilityAsync(Queue, [new WorkReceipt(NewId(), NewId())], TimeSpan.Zero, Cancel))[0]);
    }

    [Fact]
    public async Task Without_an_end_it_stays_invisible_until_it_is_deleted()
    {
        await SendAsync(Item("a"));
        var received = Assert.Single(await TakeAsync(visibility: Timeout.InfiniteTimeSpan));
        _clock.Advance(TimeSpan.FromDays(3650));
        Assert.Empty(await TakeAsync());
        Assert.Null(await Store.NextVisibleAsync(Queue, Cancel));
        Assert.Equal(ReceiptOutcome.Done, await DeleteAsync(received));
    }

    [Fact]
    public async Task A_delayed_item_is_invisible_until_its_delay_has_ended()
    {
        await SendAsync(Item("later", delay: TimeSpan.FromSeconds(5)), Item("now"));
        Assert.Equal(["now"], await ReceiveAsync());
        Assert.Equal(TimeSpan.FromSeconds(5), await Store.NextVisibleAsync(Queue, Cancel));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, await Store.NextVisibleAsync(Queue, Cancel));
        Assert.Equal(["later"], await ReceiveAsync());
    }

    [Fact]
    public async Task What_was_received_too_often_is_a_dead_letter_until_it_is_redriven()
    {
        await PutAsync(new WorkQueueSettings { MaxReceiveCount = 2, VisibilityTimeout = TimeSpan.FromSeconds(1) });
        await SendAsync(Item("a"), Item("b"));
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(["a", "b"], await ReceiveAsync());
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(await TakeAsync());
        var dead = await Store.PeekAsync(Queue, WorkItemState.Dead, null, 10, Cancel);
        Assert.Equal([IdOf("a"), IdOf("b")], dead.Select(item => item.Id));
        Assert.Equal("received 2 times and never deleted", dead[0].DeadReason);
        Assert.Equal(2, (await CountAsync()).DeadLetters);

        Assert.Equal(1, await Store.RedriveAsync(Queue, [IdOf("b")], 10, Ann, Cancel));
        var again = Assert.Single(await TakeAsync());
        Assert.Equal(("b", 1, _clock.GetUtcNow()), (NameOf(again), again.ReceiveCount, again.EnqueuedAt));
        await SendAsync(Item("c"));
        Assert.Equal(1, await Store.RedriveAsync(Queue, null, 10, Ann, Cancel));
        Assert.Equal(["c", "a"], await ReceiveAsync());
        Assert.Equal(0, await Store.RedriveAsync(Queue, null, 10, Ann, Cancel));
        Assert.Equal(["redriven", "redriven", "put"], (await Store.ChangesAsync(Queue, 10, Cancel)).Select(change => change.Action));
    }

    [Fact]
    public async Task What_was_sent_before_within_the_window_is_not_sent_again()
    {
        await SendAsync(Item("a", once: "order-7"));
        Assert.Equal([new SendResult(IdOf("a"), true), new SendResult(IdOf("c"), false)], await SendAsync(Item("b", once: "order-7"), Item("c", once: "order-8")));
        foreach (var received in await TakeAsync())
            await DeleteAsync(received);

        // Also when the first has long been handled.
        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.Equal([new SendResult(IdOf("a"), true)], await SendAsync(Item("d", once: "order-7")));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([new SendResult(IdOf("e"), false)], await SendAsync(Item("e", once: "order-7")));
        Assert.Equal(["e"], await ReceiveAsync());
    }

    [Fact]
    public async Task Two_of_one_batch_with_the_same_deduplication_id_are_one()
    {
        Assert.Equal([new SendResult(IdOf("a"), false), new SendResult(IdOf("a"), true)], await SendAsync(Item("a", once: "x"), Item("b", once: "x")));
        Assert.Equal(["a"], await ReceiveAsync());
    }

    [Fact]
    public async Task An_id_that_is_in_the_queue_is_not_taken_twice()
    {
        await SendAsync(Item("a"));
        Assert.Equal([new SendResult(IdOf("a"), true)], await SendAsync(Item("a")));
        Assert.Equal([new SendResult(IdOf("b"), false), new SendResult(IdOf("b"), true)], await SendAsync(Item("b"), Item("b")));
        Assert.Equal(["a", "b"], await ReceiveAsync());
    }

    [Fact]
    public async Task Queues_do_not_see_one_another()
    {
        await SendAsync(Item("a"));
        await Store.SendAsync("other", [Item("a")], Cancel);
        Assert.Equal(["a"], await ReceiveAsync());
        Assert.Equal("a", NameOf(Assert.Single(await Store.ReceiveAsync("other", 10, null, Cancel))));
    }

    [Fact]
    public async Task Bad_input_is_refused_whole()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => SendAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => SendAsync([.. Enumerable.Range(0, 1001).Select(number => Item($"i{number}"))]));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.SendAsync("no name", [Item("a")], Cancel));
        await Assert.ThrowsAsync<ValidationException>(() => SendAsync(Item("a"), Item("b", priority: 10)));
        await Assert.ThrowsAsync<ValidationException>(() => SendAsync(Item("a", delay: TimeSpan.FromDays(15.01))));
        await Assert.ThrowsAsync<ValidationException>(() => SendAsync(Item("a", group: "")));
        var large = await Assert.ThrowsAsync<ValidationException>(() => SendAsync(Item("a") with { Body = new byte[WorkQueueLimits.BodyBytesMax + 1] }));
        Assert.Contains("Store it elsewhere", large.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => TakeAsync(0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => TakeAsync(1, TimeSpan.FromHours(13)));
        await Assert.ThrowsAsync<ValidationException>(() => PutAsync(new WorkQueueSettings { Concurrency = 0 }));
        await Assert.ThrowsAsync<ValidationException>(() => PutAsync(new WorkQueueSettings { CreditPerLevel = TimeSpan.FromDays(2) }));
        Assert.Empty(await TakeAsync());
    }
}
