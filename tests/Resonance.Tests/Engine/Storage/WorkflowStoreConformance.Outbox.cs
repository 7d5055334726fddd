using MassTransit;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Engine.Storage;

// Messages and timers.
public abstract partial class WorkflowStoreConformance
{
    [Fact]
    public async Task A_message_that_leaves_at_once_is_the_callers_until_its_lease_ends()
    {
        var instance = new SampleInstance();
        var sent = SampleInstance.Message();
        await StepAsync(instance, sent);

        Assert.Empty(await ClaimAsync());
        await AdvanceAsync(Lease);
        var claimed = Assert.Single(await Store.ClaimDueAsync(10, Lease, Cancelled));

        Assert.Equal(sent.Body, claimed.Body);
        Assert.Equal(sent with { WorkflowId = instance.Id, Body = claimed.Body, Overdue = claimed.Overdue }, claimed);

        // It was due at once, and lay until the lease was over.
        Assert.InRange(claimed.Overdue, Lease, Lease + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_timer_is_claimed_when_it_is_due_and_not_before()
    {
        var timer = SampleInstance.Timer(TimeSpan.FromMinutes(10));
        await StepAsync(new SampleInstance(), timer);

        await AdvanceAsync(TimeSpan.FromMinutes(9));
        Assert.Empty(await ClaimAsync());
        await AdvanceAsync(TimeSpan.FromMinutes(1));

        var claimed = Assert.Single(await Store.ClaimDueAsync(10, Lease, Cancelled));
        Assert.Equal((timer.MessageId, timer.Token, timer.Timer), (claimed.MessageId, claimed.Token, claimed.Timer));
    }

    [Fact]
    public async Task The_next_due_time_is_told_on_the_stores_clock()
    {
        Assert.Null(await Store.NextDueAsync(Cancelled));
        await StepAsync(new SampleInstance(), SampleInstance.Timer(TimeSpan.FromMinutes(10)), SampleInstance.Timer(TimeSpan.FromDays(400)));

        var remaining = await Store.NextDueAsync(Cancelled);
        Assert.InRange(remaining!.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));

        await AdvanceAsync(TimeSpan.FromMinutes(11));
        Assert.Equal(TimeSpan.Zero, await Store.NextDueAsync(Cancelled));
    }

    [Fact]
    public async Task Messages_are_claimed_oldest_first_and_no_more_than_asked_for()
    {
        var timers = Enumerable.Range(1, 5).Select(minutes => SampleInstance.Timer(TimeSpan.FromMinutes(minutes))).ToArray();
        await StepAsync(new SampleInstance(), timers[3], timers[0], timers[4], timers[1], timers[2]);
        await AdvanceAsync(TimeSpan.FromMinutes(6));

        Assert.Equal(timers[..3].Select(timer => timer.MessageId), await ClaimAsync(3));
        Assert.Equal(timers[3..].Select(timer => timer.MessageId), await ClaimAsync(3));
        Assert.Empty(await ClaimAsync(3));
    }

    [Fact]
    public async Task A_message_is_claimed_by_one_of_many_dispatchers()
    {
        var messages = Enumerable.Range(0, 200).Select(_ => SampleInstance.Message()).ToArray();
        await StepAsync(new SampleInstance(), messages);
        await AdvanceAsync(Lease);

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var mine = new List<Guid>();
            while (await ClaimAsync(10) is { Count: > 0 } claimed)
                mine.AddRange(claimed);
            return mine;
        }));

        var all = claims.SelectMany(claim => claim).ToArray();
        Assert.Equal(all.Length, all.Distinct().Count());

        // A dispatcher may stop early when another holds every row that is left, but nothing is skipped for good.
        all = [.. all, .. await ClaimAsync(200)];
        Assert.Equal(messages.Select(message => message.MessageId).Order(), all.Order());
    }

    [Fact]
    public async Task A_claimed_message_comes_back_when_its_lease_ends_and_not_when_it_arrived()
    {
        OutboxMessage arrived = SampleInstance.Message(), lost = SampleInstance.Message();
        await StepAsync(new SampleInstance(), arrived, lost);
        await AdvanceAsync(Lease);
        Assert.Equal(2, (await ClaimAsync()).Count);

        await Store.CompleteAsync([arrived.MessageId], Cancelled);
        Assert.Empty(await ClaimAsync());
        await AdvanceAsync(Lease);

        Assert.Equal([lost.MessageId], await ClaimAsync());
    }

    [Fact]
    public async Task A_cancelled_timer_is_gone_and_the_one_set_in_its_place_stays()
    {
        var instance = new SampleInstance();
        OutboxMessage first = SampleInstance.Timer(TimeSpan.FromMinutes(1)), other = SampleInstance.Timer(TimeSpan.FromMinutes(1));
        await StepAsync(instance, first, other);
        var again = SampleInstance.Message(TimeSpan.FromMinutes(2), first.Token);

        await CommitAsync(instance.Next(messages: [again], cancelled: [first.Token!.Value]));

        await AdvanceAsync(TimeSpan.FromMinutes(3));
        Assert.Equal([other.MessageId, again.MessageId], await ClaimAsync());
    }

    [Fact]
    public async Task A_message_that_could_not_be_sent_waits_and_counts_the_attempt()
    {
        var message = SampleInstance.Message();
        await StepAsync(new SampleInstance(), message);
        await AdvanceAsync(Lease);
        await ClaimAsync();

        await Store.PostponeAsync(message.MessageId, TimeSpan.FromMinutes(5), "no route\0\ud800", Cancelled);

        await AdvanceAsync(TimeSpan.FromMinutes(4));
        Assert.Empty(await ClaimAsync());
        await AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(1, Assert.Single(await Store.ClaimDueAsync(10, Lease, Cancelled)).Attempts);
    }

    [Fact]
    public async Task A_message_set_aside_stays_until_it_is_redriven()
    {
        var message = SampleInstance.Message();
        await StepAsync(new SampleInstance(), message);
        await Store.PostponeAsync(message.MessageId, TimeSpan.Zero, "refused", Cancelled);

        await Store.SetAsideAsync(message.MessageId, "no consumer", Cancelled);
        await AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Empty(await ClaimAsync());
        Assert.Null(await Store.NextDueAsync(Cancelled));
        Assert.Equal("no consumer", await QueryAsync<string>("SELECT set_aside_reason FROM outbox"));

        Assert.True(await Store.RedriveAsync(message.MessageId, Cancelled));
        Assert.Equal(0, Assert.Single(await Store.ClaimDueAsync(10, Lease, Cancelled)).Attempts);
        Assert.False(await Store.RedriveAsync(message.MessageId, Cancelled));
        Assert.False(await Store.RedriveAsync(NewId.NextGuid(), Cancelled));
    }

    [Fact]
    public async Task A_late_failure_does_not_bring_back_what_was_set_aside()
    {
        var message = SampleInstance.Message();
        await StepAsync(new SampleInstance(), message);
        await Store.SetAsideAsync(message.MessageId, "no consumer", Cancelled);

        await Store.PostponeAsync(message.MessageId, TimeSpan.Zero, "late", Cancelled);

        Assert.Empty(await ClaimAsync());
    }

    [Fact]
    public async Task Messages_outside_a_step_are_stored_once()
    {
        OutboxMessage message = SampleInstance.Message(), other = SampleInstance.Message(TimeSpan.FromHours(1));
        await Store.EnqueueAsync([message], TimeSpan.Zero, Cancelled);

        await Store.EnqueueAsync([message with { Destination = "queue:changed" }, other], Lease, Cancelled);

        var claimed = Assert.Single(await Store.ClaimDueAsync(10, Lease, Cancelled));
        Assert.Equal((message.MessageId, message.Destination, null), (claimed.MessageId, claimed.Destination, claimed.WorkflowId));
        Assert.Equal(2, await CountOutboxAsync());
    }

    [Fact]
    public async Task Released_leases_end_at_once_and_timers_keep_their_time()
    {
        OutboxMessage leased = SampleInstance.Message(), timer = SampleInstance.Timer(TimeSpan.FromHours(1));
        await StepAsync(new SampleInstance(), leased, timer);

        await Store.ReleaseLeasesAsync(Cancelled);

        Assert.Equal([leased.MessageId], await ClaimAsync());
    }
}
