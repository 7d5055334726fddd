using MassTransit;
using Resonance.Contracts.Cards;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Testing;
using Resonance.Workflows;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Testing;

/// <summary>The payment workflow, whole, through the public test harness.</summary>
public sealed class PaymentInVirtualTimeTests : IAsyncLifetime
{
    WorkflowTestHarness<PaymentInstance> _harness = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _harness = await WorkflowTestHarness.StartAsync(
        new PaymentWorkflow(new PaymentRules(), new WorkflowTimes()), new DateTimeOffset(2026, 3, 4, 9, 0, 0, TimeSpan.Zero), Cancel);

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task A_card_without_suspicion_is_captured_and_everybody_is_told()
    {
        var payment = await StartAsync();
        Assert.Equal((nameof(PaymentWorkflow.ValidateCard), "PAYMENT-1001"), (payment.State, payment.Key));

        await AssessAsync(payment, 0.1);
        var captured = await CaptureAsync(payment);

        Assert.Equal((nameof(PaymentWorkflow.Completed), WorkflowStatus.Completed), (payment.State, payment.Status));
        Assert.Equal((49.90m, "EUR", "tok_visa"), (captured.Message.Amount, captured.Message.Currency, captured.Message.CardToken));
        Assert.Equal(
            new PaymentCompleted
            {
                PaymentId = payment.Id,
                Reference = "INVOICE-1",
                CaptureId = "CAP-1",
                Amount = 49.90m,
                Currency = "EUR",
                CompletedAt = _harness.Now,
            },
            Assert.Single(payment.Published<PaymentCompleted>()));
        Assert.Equal(
            ["Pending", "ValidateCard", "Capturing", "Completed"], payment.Journal.OfType<StateChanged>().Select(change => change.To));
        Assert.Null(await _harness.AdvanceToNextTimerAsync());
    }

    [Fact]
    public async Task A_provider_that_never_answers_is_asked_five_times_each_wait_twice_as_long_as_the_one_before()
    {
        var payment = await StartAsync();
        var seconds = new List<double>();
        var keys = new List<string>();
        while (payment.Status == WorkflowStatus.Running)
        {
            keys.Add(payment.NextCommand<AssessCard>().IdempotencyKey);
            seconds.Add((await _harness.AdvanceToNextTimerAsync())!.Value.TotalSeconds);
            if (payment.Status != WorkflowStatus.Running)
                break;
            Assert.Equal(nameof(PaymentWorkflow.Pending), payment.State);
            seconds.Add((await _harness.AdvanceToNextTimerAsync())!.Value.TotalSeconds);
            Assert.Equal(nameof(PaymentWorkflow.ValidateCard), payment.State);
        }

        Assert.Equal([5, 2, 5, 4, 5, 8, 5, 16, 5], seconds);
        Assert.Equal((5, 1), (keys.Count, keys.Distinct().Count()));
        Assert.Equal((WorkflowStatus.Suspended, "AssessCard failed 5 times: no answer within 5 s"), (payment.Status, payment.Reason));
        Assert.Equal([2000, 4000, 8000, 16000], payment.Journal.OfType<RetryScheduled>().Select(retry => retry.DelayMs));
    }

    [Fact]
    public async Task The_same_happens_when_time_passes_in_one_leap()
    {
        var payment = await StartAsync();

        await _harness.AdvanceAsync(TimeSpan.FromDays(1));

        Assert.Equal(WorkflowStatus.Suspended, payment.Status);
        Assert.Equal(
            ["09:00:05", "09:00:12", "09:00:21", "09:00:34", "09:00:55"],
            payment.Trail.Where(line => line.Contains("attempt", StringComparison.Ordinal) && line.Contains("no answer", StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) - 2)..][..8]));
        Assert.Equal(new DateTimeOffset(2026, 3, 5, 9, 0, 0, TimeSpan.Zero), _harness.Now);
    }

    [Fact]
    public async Task After_a_retry_by_an_operator_it_goes_on_to_the_end()
    {
        var payment = await StartAsync();
        await _harness.AdvanceAsync(TimeSpan.FromMinutes(5));
        var unanswered = Enumerable.Range(0, 5).Select(_ => payment.NextCommand<AssessCard>()).ToArray();

        var retried = await payment.ActAsync(OperatorActions.Retry, "ann", "the provider is back");
        var again = await AssessAsync(payment, 0.1);
        await CaptureAsync(payment);

        Assert.Equal(ActionOutcome.Accepted, retried.Outcome);
        Assert.Contains(new OperatorAction("retry", "ann", "the provider is back"), payment.Journal);
        Assert.Equal([1, 2, 3, 4, 5], unanswered.Select(command => command.Attempt));
        Assert.Equal((1, unanswered[0].IdempotencyKey), (again.Attempt, again.IdempotencyKey));
        Assert.Equal(nameof(PaymentWorkflow.Completed), payment.State);
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(0.95)]
    public async Task A_fraudulent_card_is_declined(double score)
    {
        var payment = await StartAsync();

        await AssessAsync(payment, score);

        Assert.Equal((nameof(PaymentWorkflow.Declined), WorkflowStatus.Failed), (payment.State, payment.Status));
        Assert.StartsWith("the fraud score is too high", Assert.Single(payment.Published<PaymentDeclined>()).Reason, StringComparison.Ordinal);
        Assert.Equal(["fail", "fail"], payment.Journal.OfType<RuleEvaluated>().Select(rule => rule.Verdict));
    }

    [Fact]
    public async Task A_doubtful_card_waits_for_a_person_who_says_yes()
    {
        var payment = await StartAsync();
        await AssessAsync(payment, 0.5);
        Assert.Equal(WorkflowStatus.Suspended, payment.Status);

        var retried = await payment.ActAsync(OperatorActions.Retry, "ann", "why not");
        await payment.ActAsync(OperatorActions.Resume, "ann", "the customer is known");
        await CaptureAsync(payment);

        Assert.Equal(ActionOutcome.NotAllowed, retried.Outcome);
        Assert.Contains(OperatorActions.Resume, retried.Allowed);
        Assert.Equal(nameof(PaymentWorkflow.Completed), payment.State);
    }

    [Fact]
    public async Task A_card_that_the_provider_refuses_is_declined_at_once()
    {
        var payment = await StartAsync();

        await payment.FailAsync(payment.NextCommand<AssessCard>(), "card_expired", "The card has expired.", nonRetryable: true);

        Assert.Equal((nameof(PaymentWorkflow.Declined), "The card has expired."), (payment.State, payment.Reason));
    }

    [Fact]
    public async Task A_captured_payment_is_given_back_under_the_key_of_its_capture()
    {
        var payment = await StartAsync();
        await AssessAsync(payment, 0.1);
        var captured = await CaptureAsync(payment);

        await payment.RaiseAsync(new RefundPayment { PaymentId = payment.Id, Reason = "returned" });
        Assert.Equal(WorkflowStatus.Compensating, payment.Status);
        var refund = payment.NextCommand<RefundCard>();
        await payment.ReplyAsync(
            refund, new CardRefunded { WorkflowId = refund.WorkflowId, IdempotencyKey = refund.IdempotencyKey });

        Assert.Equal(captured.IdempotencyKey, refund.Message.CaptureKey);
        Assert.Equal((nameof(PaymentWorkflow.Refunded), WorkflowStatus.Cancelled), (payment.State, payment.Status));
        Assert.Single(payment.Published<PaymentRefunded>());
    }

    Task<TestedWorkflow<PaymentInstance>> StartAsync() => _harness.StartInstanceAsync(
        new StartPayment { PaymentId = NewId.NextGuid(), Reference = "INVOICE-1", Amount = 49.90m, Currency = "EUR", CardToken = "tok_visa" });

    static async Task<TestedCommand<AssessCard>> AssessAsync(TestedWorkflow<PaymentInstance> payment, double score)
    {
        var command = payment.NextCommand<AssessCard>();
        await payment.ReplyAsync(
            command, new CardAssessed { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey, FraudScore = score });
        return command;
    }

    static async Task<TestedCommand<CaptureCard>> CaptureAsync(TestedWorkflow<PaymentInstance> payment)
    {
        var command = payment.NextCommand<CaptureCard>();
        await payment.ReplyAsync(
            command, new CardCaptured { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey, CaptureId = "CAP-1" });
        return command;
    }
}
