using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Cards;
using Resonance.Workflows.Orders;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Engine.Operations;

/// <summary>What an operator can do about an instance that does not go on by itself.</summary>
public sealed class OperatorActionTests
{
    static readonly WorkflowTimes Quick = new()
    {
        CardProvider = TimeSpan.FromMilliseconds(200),
        CardRetry = TimeSpan.FromMilliseconds(50),
    };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_retry_may_change_the_data_first()
    {
        await using var harness = await WorkflowHarness.StartAsync(times: Quick);
        var payment = await SuspendedPaymentAsync(harness);

        var result = await ActAsync(harness, payment, OperatorActions.Retry, data: """{ "cardToken": "tok_visa", "reference": "new" }""");
        var done = await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Completed));

        Assert.Equal(ActionOutcome.Accepted, result.Outcome);
        var data = JsonSerializer.Deserialize<JsonElement>(done.Journal.Data);
        Assert.Equal(("tok_visa", "new"), (data.GetProperty("cardToken").GetString(), data.GetProperty("reference").GetString()));
        var action = Assert.Single(harness.EntriesOf<OperatorAction>(payment));
        Assert.Equal(("retry", "ann", "why"), (action.Action, action.Operator, action.Reason));
        Assert.Equal("new", action.Data?.GetProperty("reference").GetString());
    }

    [Theory]
    [InlineData("""{ "card": "tok_visa" }""", "The instance has no member 'card'. It has: ")]
    [InlineData("""{ "amount": "much" }""", "The data does not fit the instance at $.amount.")]
    [InlineData("""{ "cardToken": [] }""", "The data does not fit the instance at $.cardToken.")]
    [InlineData("""{ "$engine": { "status": "completed" } }""", "The instance has no member '$engine'. It has: ")]
    public async Task Data_that_does_not_fit_is_refused_with_what_would(string data, string problem)
    {
        await using var harness = await WorkflowHarness.StartAsync(times: Quick);
        var payment = await SuspendedPaymentAsync(harness);

        var result = await ActAsync(harness, payment, OperatorActions.Retry, data: data);

        Assert.Equal(ActionOutcome.Invalid, result.Outcome);
        Assert.StartsWith(problem, Assert.Single(result.Problems["data"]));
    }

    [Fact]
    public async Task A_request_that_no_longer_fits_when_it_arrives_is_rejected_and_recorded()
    {
        await using var harness = await WorkflowHarness.StartAsync(times: Quick);
        var payment = await SuspendedPaymentAsync(harness);
        var bad = new Resonance.Contracts.Workflows.RetryWorkflow
        {
            WorkflowId = payment,
            Operator = "ann",
            Reason = "why",
            Data = JsonSerializer.Deserialize<JsonElement>("""{ "card": 1 }"""),
        };

        await SendAsync(harness, bad);
        await harness.UntilAsync(payment, step => step.Journal.Event == "RetryWorkflow");

        Assert.StartsWith("The instance has no member 'card'.", Assert.Single(harness.EntriesOf<EventRejected>(payment)).Reason);
        Assert.Empty(harness.EntriesOf<OperatorAction>(payment));
    }

    [Fact]
    public async Task An_activity_that_failed_is_skipped_with_the_reply_that_the_operator_gives()
    {
        await using var harness = await WorkflowHarness.StartAsync(times: Quick);
        var payment = await SuspendedPaymentAsync(harness);

        var wrong = await ActAsync(harness, payment, OperatorActions.Skip, reply: """{ "fraudScore": "low" }""");
        var right = await ActAsync(harness, payment, OperatorActions.Skip, reply: """{ "fraudScore": 0.05 }""");
        await harness.UntilAsync(payment, step => step.Workflow.State == nameof(PaymentWorkflow.Capturing));

        Assert.Equal((ActionOutcome.Invalid, "reply.fraudScore"), (wrong.Outcome, Assert.Single(wrong.Problems).Key));
        Assert.Equal(ActionOutcome.Accepted, right.Outcome);
        var skipped = Assert.Single(harness.EntriesOf<ActivitySkipped>(payment));
        Assert.Equal(nameof(PaymentWorkflow.AssessCard), skipped.Activity);
        Assert.Equal("pass", Assert.Single(harness.EntriesOf<RuleEvaluated>(payment)).Verdict);
    }

    [Fact]
    public async Task The_only_activity_under_way_can_be_skipped_and_its_late_reply_changes_nothing()
    {
        await using var harness = await WorkflowHarness.StartAsync(times: new WorkflowTimes { CardProvider = TimeSpan.FromMinutes(10) });
        var payment = await StartAsync(harness, "tok_timeout");
        await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.ValidateCard));
        var key = Assert.Single(harness.EntriesOf<CommandSent>(payment)).IdempotencyKey;

        var result = await ActAsync(harness, payment, OperatorActions.Skip, reply: """{ "fraudScore": 0.9 }""");
        await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Declined));
        await SendAsync(harness, new Resonance.Contracts.Cards.CardAssessed { WorkflowId = payment, IdempotencyKey = key, FraudScore = 0.1 });
        await harness.UntilAsync(payment, step => step.Journal.Event == "CardAssessed");

        Assert.Equal(ActionOutcome.Accepted, result.Outcome);
        Assert.Contains(OperatorActions.Skip, result.Allowed);
        Assert.Equal("no command with its idempotency key is open", Assert.Single(harness.EntriesOf<EventRejected>(payment)).Reason);
    }

    [Fact]
    public async Task A_suspended_instance_is_resolved_to_the_end_that_the_operator_names_and_its_caller_is_told()
    {
        await using var harness = await WorkflowHarness.StartAsync(times: Quick);
        var order = Orders.Good(cardToken: "tok_timeout");
        var payment = ChildIds.For(order.OrderId, nameof(OrderWorkflow.Payment));
        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        await harness.UntilStateAsync(payment, "Suspended");

        var wrong = await ActAsync(harness, payment, OperatorActions.Resolve, state: "PAID");
        var right = await ActAsync(harness, payment, OperatorActions.Resolve, state: "COMPLETED");
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Completed));

        Assert.Equal(
            "Say in which state the instance ends: one of CANCELLED, COMPLETED, DECLINED, REFUNDED.", Assert.Single(wrong.Problems["state"]));
        Assert.Equal(ActionOutcome.Accepted, right.Outcome);
        var action = Assert.Single(harness.EntriesOf<OperatorAction>(payment));
        Assert.Equal(("resolve", "Completed"), (action.Action, action.State));
        Assert.Equal(WorkflowStatus.Completed, Assert.Single(harness.EntriesOf<Finished>(payment)).Outcome);
    }

    [Fact]
    public async Task Without_a_name_an_instance_is_resolved_to_its_only_good_end()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var payment = await StartAsync(harness, "tok_review");
        await harness.UntilStateAsync(payment, "Suspended");

        await ActAsync(harness, payment, OperatorActions.Resolve);
        var ended = await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Completed));

        Assert.Equal("ResolveWorkflow", ended.Journal.Event);
    }

    [Fact]
    public async Task A_compensation_that_failed_is_skipped_once_the_operator_has_undone_it_by_hand()
    {
        await using var harness = await WorkflowHarness.StartAsync(
            configure: services => services.AddSingleton<ICardProvider>(provider => new RefundsNothing(provider.GetRequiredService<IDatabase>())),
            times: Quick);
        var payment = await StartAsync(harness, "tok_visa");
        await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Completed));
        await SendAsync(harness, new RefundPayment { PaymentId = payment, Reason = "returned" });
        await harness.UntilStateAsync(payment, "Suspended");

        var resolve = await ActAsync(harness, payment, OperatorActions.Resolve);
        var skip = await ActAsync(harness, payment, OperatorActions.Skip, reply: "{}");
        var refunded = await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Refunded));

        Assert.Equal((ActionOutcome.NotAllowed, ActionOutcome.Accepted), (resolve.Outcome, skip.Outcome));
        Assert.Equal([OperatorActions.Retry, OperatorActions.Skip, OperatorActions.Cancel], resolve.Allowed);
        Assert.Equal(WorkflowStatus.Cancelled, refunded.Workflow.Status);
        Assert.Equal(nameof(PaymentWorkflow.CaptureCard), Assert.Single(harness.EntriesOf<Compensated>(payment)).Activity);
    }

    [Fact]
    public async Task What_a_state_does_not_allow_is_answered_with_what_it_does()
    {
        await using var harness = await WorkflowHarness.StartAsync(times: Quick);
        var suspended = await SuspendedPaymentAsync(harness);
        var done = await StartAsync(harness, "tok_fraud");
        await harness.UntilStateAsync(done, nameof(PaymentWorkflow.Declined));

        var resume = await ActAsync(harness, suspended, OperatorActions.Resume);
        var late = await ActAsync(harness, done, OperatorActions.Resolve);

        Assert.Equal(ActionOutcome.NotAllowed, resume.Outcome);
        Assert.Equal([OperatorActions.Retry, OperatorActions.Skip, OperatorActions.Resolve, OperatorActions.Cancel], resume.Allowed);
        Assert.Equal((ActionOutcome.NotAllowed, 0), (late.Outcome, late.Allowed.Count));
    }

    static async Task<Guid> SuspendedPaymentAsync(WorkflowHarness harness)
    {
        var payment = await StartAsync(harness, "tok_timeout");
        await harness.UntilStateAsync(payment, "Suspended");
        return payment;
    }

    static async Task<Guid> StartAsync(WorkflowHarness harness, string card)
    {
        var start = new StartPayment { PaymentId = NewId.NextGuid(), Reference = "r", Amount = 10, Currency = "EUR", CardToken = card };
        await harness.Client.StartAsync(PaymentWorkflow.Type, start, Cancellation);
        return start.PaymentId;
    }

    static Task<ActionResult> ActAsync(
        WorkflowHarness harness, Guid id, string action, string? data = null, string? reply = null, string? state = null) =>
        harness.Client.ActAsync(
            id,
            new OperatorRequest(action, "ann", "why")
            {
                Data = data is null ? null : JsonSerializer.Deserialize<JsonElement>(data),
                Reply = reply is null ? null : JsonSerializer.Deserialize<JsonElement>(reply),
                State = state,
            },
            Cancellation);

    static async Task SendAsync<T>(WorkflowHarness harness, T message) where T : class
    {
        var endpoint = await harness.Bus.Bus.GetSendEndpoint(new Uri($"exchange:{PaymentWorkflow.Type}"));
        await endpoint.Send(message, Cancellation);
    }

    /// <summary>A provider that never answers when money is to be given back.</summary>
    sealed class RefundsNothing(IDatabase database) : ICardProvider
    {
        readonly SimulatedCardProvider _provider = new(database, TimeProvider.System);

        public string Name => _provider.Name;

        public Task<CardProviderAnswer> OpenStatementAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            _provider.OpenStatementAsync(from, to, cancellationToken);

        public Task<CardProviderAnswer> AssessAsync(CardCharge charge, CancellationToken cancellationToken) =>
            _provider.AssessAsync(charge, cancellationToken);

        public Task<CardProviderAnswer> CaptureAsync(CardCharge charge, CancellationToken cancellationToken) =>
            _provider.CaptureAsync(charge, cancellationToken);

        public Task<CardProviderAnswer> RefundAsync(string idempotencyKey, string captureKey, CancellationToken cancellationToken) =>
            Task.FromResult<CardProviderAnswer>(new CardProviderAnswer.NoAnswer());
    }
}
