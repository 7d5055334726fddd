using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Payments;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;
using Resonance.Tests.Support;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Engine.Operations;

/// <summary>Every attempt of a message is a fact of the step that handles it at last.</summary>
public sealed class EarlierDeliveryTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_waited_for_its_instance_says_how_often_and_how_long()
    {
        var options = new DeliveryOptions
        {
            DoneWhenConsumed = true,
            Lease = TimeSpan.FromDays(1),
            MissingInstanceDelays = [TimeSpan.FromMilliseconds(50), TimeSpan.FromDays(1)],
        };
        await using var harness = await WorkflowHarness.StartAsync(configure: services => services.AddSingleton(options));
        var payment = NewId.NextGuid();
        var endpoint = await harness.Bus.Bus.GetSendEndpoint(new Uri($"exchange:{PaymentWorkflow.Type}"));

        // Once it has waited, the instance is there.
        await endpoint.Send(new RefundPayment { PaymentId = payment, Reason = "early" }, Cancellation);
        await harness.UntilWaitingAsync("RefundPayment again");
        await harness.Client.StartAsync(PaymentWorkflow.Type, Start(payment), Cancellation);
        var late = await harness.UntilAsync(payment, step => step.Journal.Event == "RefundPayment");

        var redelivered = Assert.Single(JournalEntry.ReadAll(late.Journal.Entries).OfType<Redelivered>());
        Assert.Equal(
            new Redelivered(2, "its instance did not exist yet", 50, "delivered again after 0.05, 86400 s"), redelivered);
        Assert.Contains("delivery 2 of RefundPayment: its instance did not exist yet.", string.Join('\n', AuditTrail.Lines("P", late.Journal)));
    }

    [Fact]
    public async Task What_follows_from_a_late_message_is_not_late_itself()
    {
        var options = new DeliveryOptions
        {
            DoneWhenConsumed = true,
            Lease = TimeSpan.FromDays(1),
            MissingInstanceDelays = [TimeSpan.FromMilliseconds(300)],
        };
        await using var harness = await WorkflowHarness.StartAsync(configure: services => services.AddSingleton(options));
        var payment = NewId.NextGuid();
        var endpoint = await harness.Bus.Bus.GetSendEndpoint(new Uri($"exchange:{PaymentWorkflow.Type}"));

        await endpoint.Send(new RefundPayment { PaymentId = payment, Reason = "early" }, Cancellation);
        await harness.UntilWaitingAsync("RefundPayment again");
        await harness.Client.StartAsync(PaymentWorkflow.Type, Start(payment), Cancellation);
        await harness.UntilAsync(payment, step => step.Journal.Event == "RefundPayment");
        await harness.Client.ActAsync(payment, "suspend", "ann", "why", Cancellation);
        await harness.Bus.InactivityTask;

        Assert.Single(harness.EntriesOf<Redelivered>(payment));
    }

    [Fact]
    public async Task A_delivery_that_failed_is_told_by_the_one_that_follows()
    {
        var points = new FailsOnce();
        await using var harness = await WorkflowHarness.StartAsync(configure: services => services.AddSingleton<StepPoints>(points));
        var payment = NewId.NextGuid();

        await harness.Client.StartAsync(PaymentWorkflow.Type, Start(payment), Cancellation);
        var started = await harness.UntilAsync(payment, step => step.Journal.Sequence == 1);

        var redelivered = Assert.Single(JournalEntry.ReadAll(started.Journal.Entries).OfType<Redelivered>());
        Assert.Equal((2, "the test strikes", 100L), (redelivered.Delivery, redelivered.Cause, redelivered.DelayMs));
        Assert.Single(harness.EntriesOf<Redelivered>(payment));
    }

    [Fact]
    public async Task A_step_that_lost_a_race_says_to_which_version()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var payment = NewId.NextGuid();
        await harness.Client.StartAsync(PaymentWorkflow.Type, Start(payment, "tok_review"), Cancellation);
        var seen = await harness.UntilStateAsync(payment, "Suspended");

        // Another process takes a step that this one knows nothing of.
        var other = seen.Journal with
        {
            Sequence = seen.Journal.Sequence + 1,
            MessageId = NewId.NextGuid(),
            From = "Suspended",
            Entries = "[]",
            PreviousHash = seen.Journal.Hash,
        };
        other = other with { Hash = ChainHash.Compute(other) };
        var commit = new StepCommit
        {
            Workflow = seen.Workflow with { Version = other.Sequence, HeadHash = other.Hash },
            Journal = other,
            Messages = [],
            CancelledTimers = [],
        };
        Assert.Equal(StepOutcome.Committed, (await harness.Store.CommitAsync(new StepGroup([commit]), TimeSpan.FromDays(1), Cancellation)).Steps[0].Outcome);
        await harness.Client.ActAsync(payment, "resume", "ann", "why", Cancellation);
        await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Completed), whole: false);

        Assert.Equal(new RaceLost(seen.Workflow.Version, 1), Assert.Single(harness.EntriesOf<RaceLost>(payment)));
    }

    static StartPayment Start(Guid id, string card = "tok_visa") =>
        new() { PaymentId = id, Reference = "r", Amount = 10, Currency = "EUR", CardToken = card };

    sealed class FailsOnce : StepPoints
    {
        int _passed;

        public override void Passed(StepPoint point)
        {
            if (point == StepPoint.AfterLoad && Interlocked.Increment(ref _passed) == 1)
                throw new TimeoutException("the test strikes");
        }
    }
}
