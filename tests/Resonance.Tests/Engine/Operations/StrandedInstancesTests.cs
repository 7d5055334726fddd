using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Operations;
using Resonance.Engine.Storage;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Engine.Operations;

/// <summary>Instances that nothing would move on any more are found and driven on; the others are left alone.</summary>
public sealed class StrandedInstancesTests
{
    // Only the test looks; and what is still is so at once.
    static readonly RecoveryOptions OnDemand = new() { Interval = TimeSpan.FromDays(1), QuietFor = TimeSpan.Zero };

    static readonly WorkflowTimes Patient = new() { CardProvider = TimeSpan.FromMinutes(10), CardRetry = TimeSpan.FromMinutes(1) };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lost_time_out_counts_as_a_failed_attempt()
    {
        await using var harness = await StartAsync();
        var payment = await PayAsync(harness, "tok_timeout");
        await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.ValidateCard));
        await LoseMessagesAsync(harness, payment);

        var driven = await LookTwiceAsync(harness);
        await harness.UntilAsync(payment, step => step.Journal.Event == "RecoverWorkflow");

        Assert.Equal(1, driven);
        Assert.Equal("the time-out of AssessCard was lost", Assert.Single(harness.EntriesOf<Recovered>(payment)).How);
        Assert.Equal("timeout", Assert.Single(harness.EntriesOf<RetryScheduled>(payment)).Cause);
        Assert.Equal(0, await LookTwiceAsync(harness));
    }

    [Fact]
    public async Task A_lost_wait_is_over()
    {
        await using var harness = await StartAsync(new WorkflowTimes
        {
            CardProvider = TimeSpan.FromMilliseconds(100),
            CardRetry = TimeSpan.FromMinutes(1),
        });
        var payment = await PayAsync(harness, "tok_timeout_once");
        await harness.UntilAsync(payment, step => step.Journal.Event == "ActivityTimedOut");
        await LoseMessagesAsync(harness, payment);

        var driven = await LookTwiceAsync(harness);
        await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Completed));

        Assert.Equal(1, driven);
        Assert.Equal("the retry of AssessCard was lost", Assert.Single(harness.EntriesOf<Recovered>(payment)).How);
    }

    [Fact]
    public async Task A_start_that_was_accepted_and_lost_is_sent_again_and_executed_once()
    {
        await using var harness = await StartAsync();
        var start = Start("tok_visa");
        var workflow = harness.Services.GetRequiredService<WorkflowCatalog>().Find(PaymentWorkflow.Type)!;
        var endpoint = await harness.Bus.Bus.GetSendEndpoint(new Uri($"exchange:{PaymentWorkflow.Type}"));
        var message = await workflow.CaptureStart(endpoint, start, Cancellation);
        var accepted = new AcceptedStart { Workflow = Row(workflow, start.PaymentId, message.Row), Message = message.Row };
        await harness.Store.AcceptAsync(accepted, TimeSpan.FromDays(1), Cancellation);
        await harness.Store.CompleteAsync([message.Row.MessageId], Cancellation);

        var driven = await LookTwiceAsync(harness);
        await harness.UntilStateAsync(start.PaymentId, nameof(PaymentWorkflow.Completed));
        await harness.Services.GetRequiredService<OutboxSender>().BeginAsync([message]);
        await harness.Bus.InactivityTask;

        Assert.Equal(1, driven);
        Assert.Equal("its start was lost", Assert.Single(harness.EntriesOf<Recovered>(start.PaymentId)).How);
        Assert.Empty(harness.EntriesOf<EventRejected>(start.PaymentId));
        Assert.DoesNotContain(
            harness.StepsOf(start.PaymentId).SelectMany(step => step.Messages),
            message => message.Envelope.Contains(LostStarts.Header, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_waits_for_a_person_or_has_ended_is_left_alone()
    {
        await using var harness = await StartAsync(new WorkflowTimes());
        var waiting = await PayAsync(harness, "tok_review");
        var ended = await PayAsync(harness, "tok_visa");
        await harness.UntilStateAsync(waiting, "Suspended");
        await harness.UntilStateAsync(ended, nameof(PaymentWorkflow.Completed));

        Assert.Equal(0, await LookTwiceAsync(harness));
    }

    [Fact]
    public async Task An_instance_that_went_on_by_itself_rejects_the_help()
    {
        await using var harness = await StartAsync();
        var payment = await PayAsync(harness, "tok_timeout");
        await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.ValidateCard));
        var endpoint = await harness.Bus.Bus.GetSendEndpoint(new Uri($"exchange:{PaymentWorkflow.Type}"));

        await endpoint.Send(new Resonance.Contracts.Workflows.RecoverWorkflow { WorkflowId = payment, Version = 7 }, Cancellation);
        await harness.UntilAsync(payment, step => step.Journal.Event == "RecoverWorkflow");

        Assert.Equal("it went on by itself meanwhile", Assert.Single(harness.EntriesOf<EventRejected>(payment)).Reason);
        Assert.Empty(harness.EntriesOf<Recovered>(payment));
    }

    static Task<WorkflowHarness> StartAsync(WorkflowTimes? times = null) =>
        WorkflowHarness.StartAsync(configure: services => services.AddSingleton(OnDemand), times: times ?? Patient);

    /// <summary>Looks twice, as the engine does before it helps.</summary>
    static async Task<int> LookTwiceAsync(WorkflowHarness harness)
    {
        // One of its own: the harness's may look just now.
        var stranded = ActivatorUtilities.CreateInstance<StrandedInstances>(harness.Services);
        Assert.Equal(0, await stranded.LookAsync(Cancellation));
        return await stranded.LookAsync(Cancellation);
    }

    static StartPayment Start(string card) =>
        new() { PaymentId = NewId.NextGuid(), Reference = "r", Amount = 10, Currency = "EUR", CardToken = card };

    static async Task<Guid> PayAsync(WorkflowHarness harness, string card)
    {
        var start = Start(card);
        await harness.Client.StartAsync(PaymentWorkflow.Type, start, Cancellation);
        return start.PaymentId;
    }

    /// <summary>As if somebody had emptied the outbox, once nothing is under way any more.</summary>
    static async Task LoseMessagesAsync(WorkflowHarness harness, Guid id)
    {
        await harness.Bus.InactivityTask;
        await harness.Services.GetRequiredService<IDatabase>().TransactAsync(
            async (connection, transaction, cancellationToken) =>
            {
                await using var command = connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = $"DELETE FROM outbox WHERE workflow_id = '{id:D}'";
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            Cancellation);
    }

    static WorkflowRow Row(WorkflowDescription workflow, Guid id, OutboxMessage start) => new()
    {
        Id = id,
        Type = workflow.Type,
        Key = "PAYMENT-1",
        State = workflow.States[0],
        Status = WorkflowStatus.Running,
        Version = 0,
        Data = AcceptedData.Of(start),
        DefinitionHash = workflow.Hash,
        Priority = 0,
        StartedAt = DateTimeOffset.UnixEpoch.AddYears(50),
        UpdatedAt = DateTimeOffset.UnixEpoch.AddYears(50),
        HeadHash = ChainHash.Origin,
    };
}
