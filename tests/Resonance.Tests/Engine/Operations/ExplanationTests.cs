using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Payments;
using Resonance.Engine.Operations;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Orders;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Engine.Operations;

/// <summary>Why is it here, and what would move it?</summary>
public sealed class ExplanationTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    WorkflowHarness _harness = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _harness = await WorkflowHarness.StartAsync(
            file: Path.Combine(_folder.Path, "store.db"),
            times: new WorkflowTimes { CardProvider = TimeSpan.FromMilliseconds(300), CardRetry = TimeSpan.FromMinutes(1), ReconciliationRecovery = TimeSpan.FromHours(1) });
    }

    public async ValueTask DisposeAsync()
    {
        await _harness.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_activity_between_two_attempts_says_when_the_next_one_goes_out_and_why()
    {
        var payment = await PayAsync("tok_timeout");
        await _harness.UntilAsync(payment, step => step.Journal.Event == "ActivityTimedOut");

        var explained = await ExplainAsync(payment);

        Assert.Equal(("ActivityTimedOut", 2L), (explained.By, explained.Step));
        var activity = Assert.Single(explained.Activities);
        Assert.Equal(
            ("AssessCard", 1, 5, true, "no answer within 0.3 s"),
            (activity.Situation.Activity, activity.Situation.Attempt, activity.Situation.AttemptsMax, activity.Situation.Waits,
                activity.Situation.LastError));
        var due = Assert.Single(explained.Timers);
        Assert.Equal(due.DueAt, activity.TimerDueAt);
        Assert.Equal("AssessCard is tried again at " + Time(due.DueAt) + "; attempt 1 of 5 failed: no answer within 0.3 s.", explained.MovesOn[0]);
        Assert.Equal("An operator may suspend, skip or cancel it.", explained.MovesOn[^1]);
    }

    [Fact]
    public async Task An_activity_whose_first_attempt_is_still_to_come_has_not_failed()
    {
        var payment = await PayAsync("tok_misposted");
        var paid = await _harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Completed));
        var start = Reconciliations.OfTheDay() with { From = paid.Workflow.UpdatedAt.AddHours(-1), To = paid.Workflow.UpdatedAt.AddHours(1) };
        await _harness.Client.StartAsync("reconciliation", start, Cancellation);
        await _harness.UntilStateAsync(start.ReconciliationId, "ExceptionHandling");

        var explained = await ExplainAsync(start.ReconciliationId);

        Assert.Equal((0, null), (explained.Activities[0].Situation.Attempt, explained.Activities[0].Situation.LastError));
        Assert.Equal($"MatchStatement is done at {Time(explained.Timers[0].DueAt)}.", explained.MovesOn[0]);
    }

    [Fact]
    public async Task An_order_that_waits_for_its_payment_names_it_and_its_state()
    {
        var order = Orders.Good(cardToken: "tok_review");
        await _harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        var payment = await _harness.UntilStateAsync(ChildIds.For(order.OrderId, nameof(OrderWorkflow.Payment)), "Suspended");

        var explained = await ExplainAsync(order.OrderId);

        Assert.Equal("InventoryReserved", explained.By);
        Assert.Equal(["Payment.Completed"], explained.Situation!.Accepts);
        Assert.Equal(payment.Workflow.Id, Assert.Single(explained.Activities).Child?.Id);
        Assert.Contains($"It waits for {payment.Workflow.Key}, which is in SUSPENDED (suspended).", explained.MovesOn);
        Assert.Contains("1 consumer listens to the queue 'payment'.", explained.MovesOn);
        Assert.Equal(["order_limit", "check_inventory"], explained.Verdicts.Select(verdict => verdict.Evaluated.Rule));
    }

    [Fact]
    public async Task A_suspended_instance_says_what_an_operator_may_do()
    {
        var payment = await PayAsync("tok_review");
        await _harness.UntilStateAsync(payment, "Suspended");

        var explained = await ExplainAsync(payment);

        Assert.Equal("decision", explained.Situation!.Suspension!.ErrorKind);
        Assert.EndsWith("a person must decide. An operator may resume, resolve or cancel it.", Assert.Single(explained.MovesOn));
        Assert.Equal(["pass", "fail"], explained.Verdicts.Select(verdict => verdict.Evaluated.Verdict).Distinct().OrderDescending());
    }

    [Fact]
    public async Task An_instance_that_has_ended_says_so_and_what_would_still_move_it()
    {
        var declined = await PayAsync("tok_fraud");
        var paid = await PayAsync("tok_visa");
        await _harness.UntilStateAsync(declined, nameof(PaymentWorkflow.Declined));
        await _harness.UntilStateAsync(paid, nameof(PaymentWorkflow.Completed));

        Assert.Equal("Nothing: it has ended.", Assert.Single((await ExplainAsync(declined)).MovesOn));
        Assert.Equal("It has ended; RefundRequested would move it on.", (await ExplainAsync(paid)).MovesOn[0]);
    }

    [Fact]
    public async Task Of_an_instance_that_is_not_there_there_is_nothing_to_explain() => Assert.Null(
        await _harness.Services.GetRequiredService<Explanations>().ExplainAsync(NewId.NextGuid(), Cancellation));

    async Task<Explanation> ExplainAsync(Guid id) =>
        (await _harness.Services.GetRequiredService<Explanations>().ExplainAsync(id, Cancellation))!;

    async Task<Guid> PayAsync(string card)
    {
        var start = new StartPayment { PaymentId = NewId.NextGuid(), Reference = "r", Amount = 10, Currency = "EUR", CardToken = card };
        await _harness.Client.StartAsync(PaymentWorkflow.Type, start, Cancellation);
        return start.PaymentId;
    }

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
