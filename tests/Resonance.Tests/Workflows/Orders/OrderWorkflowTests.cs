using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Orders;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Workflows.Orders;

public sealed class OrderWorkflowTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_order_is_paid_and_shipped()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good();

        var started = await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        var last = await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Completed));

        Assert.Equal((StartOutcome.Accepted, "ORDER-1001"), (started.Outcome, started.Key));
        Assert.Equal(WorkflowStatus.Completed, last.Workflow.Status);
        Assert.Contains(harness.Trail(), line => line.EndsWith("Workflow ORDER-1001 transitioned from PENDING to PROCESSING."));
        Assert.All(harness.StepsOf(order.OrderId), step => Assert.Equal(ChainHash.Compute(step.Journal), step.Journal.Hash));
    }

    [Fact]
    public async Task An_order_without_stock_is_cancelled_and_nothing_was_done()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good(sku: "SKU-OUT");

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Cancelled));

        var rule = Assert.Single(harness.EntriesOf<RuleEvaluated>(order.OrderId), entry => entry.Rule == "check_inventory");
        Assert.Equal(("fail", "out of stock (l.available >= l.quantity, for l = {sku: 'SKU-OUT', quantity: 2, available: 0})"), (rule.Verdict, rule.Reason));
        Assert.DoesNotContain(harness.EntriesOf<CommandSent>(order.OrderId), sent => sent.Activity == nameof(OrderWorkflow.Payment));
        Assert.Empty(harness.EntriesOf<CompensationStarted>(order.OrderId));
    }

    [Fact]
    public async Task A_declined_payment_gives_the_stock_back()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good(cardToken: "tok_declined");

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        var last = await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Cancelled));

        Assert.Equal(["ReserveInventory"], harness.EntriesOf<Compensated>(order.OrderId).Select(entry => entry.Activity));
        Assert.Contains("DECLINED", last.Workflow.Data);
    }

    [Fact]
    public async Task A_refused_shipment_refunds_first_and_releases_then()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good(customerId: "noship-1");

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Cancelled));

        Assert.Equal(["Payment", "ReserveInventory"], harness.EntriesOf<Compensated>(order.OrderId).Select(entry => entry.Activity));
        Assert.Contains(harness.Trail(), line => line.Contains("PAYMENT-1001 transitioned from REFUNDING to REFUNDED"));
    }

    [Fact]
    public async Task A_time_out_sends_the_payment_back_to_pending_and_tries_again()
    {
        await using var harness = await WorkflowHarness.StartAsync(times: Quick);
        var order = Support.Orders.Good(cardToken: "tok_timeout_once");

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Completed));

        Assert.Contains(harness.Trail(), line => System.Text.RegularExpressions.Regex.IsMatch(
            line, @"^\[\d\d:\d\d:\d\d\.\d{3}\] \[INFO\] Workflow PAYMENT-1001 retry #1 after timeout\. State reset to PENDING\. Next attempt in 0\.\d s\.$"));
    }

    [Fact]
    public async Task An_order_above_the_limit_waits_for_a_person()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good(unitPrice: 5001m);
        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        await harness.UntilStateAsync(order.OrderId, "Suspended");

        var refused = await harness.Client.ActAsync(order.OrderId, OperatorActions.Retry, "ann", "go", Cancellation);
        var accepted = await harness.Client.ActAsync(order.OrderId, OperatorActions.Resume, "ann", "known customer", Cancellation);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Completed));

        Assert.Equal(ActionOutcome.NotAllowed, refused.Outcome);
        Assert.Equal([OperatorActions.Resume, OperatorActions.Resolve, OperatorActions.Cancel], refused.Allowed);
        Assert.Equal(ActionOutcome.Accepted, accepted.Outcome);
        Assert.Equal(new OperatorAction("resume", "ann", "known customer"), Assert.Single(harness.EntriesOf<OperatorAction>(order.OrderId)));
    }

    [Fact]
    public async Task A_completed_order_can_be_undone_by_an_operator()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good();
        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Completed));

        await harness.Client.ActAsync(order.OrderId, OperatorActions.Compensate, "ann", new string('r', 512), Cancellation);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Cancelled));

        Assert.Equal(
            ["ArrangeShipment", "Payment", "ReserveInventory"],
            harness.EntriesOf<Compensated>(order.OrderId).Select(entry => entry.Activity));
    }

    [Fact]
    public async Task The_same_start_again_answers_with_the_same_instance()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good();

        var first = await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        var second = await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        var another = await harness.Client.StartAsync(OrderWorkflow.Type, Support.Orders.Good() with { OrderNumber = first.Key }, Cancellation);
        var elsewhere = await harness.Client.StartAsync(
            PaymentWorkflow.Type,
            new StartPayment { PaymentId = order.OrderId, Reference = "r", Amount = 1, Currency = "EUR", CardToken = "tok_visa" },
            Cancellation);

        Assert.Equal((StartOutcome.Exists, first.Id, first.Key), (second.Outcome, second.Id, second.Key));
        Assert.Equal(StartOutcome.KeyTaken, another.Outcome);
        Assert.Equal(StartOutcome.IdTaken, elsewhere.Outcome);
    }

    [Theory]
    [InlineData("tok_review", "Suspended")]
    [InlineData("tok_fraud", "Declined")]
    [InlineData("tok_unknown", "Declined")]
    public async Task A_payment_is_judged_by_its_card(string token, string state)
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good(cardToken: token);

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);

        await harness.UntilStateAsync(ChildIds.For(order.OrderId, nameof(OrderWorkflow.Payment)), state);
    }

    [Fact]
    public async Task A_card_provider_that_never_answers_suspends_the_payment_and_a_retry_begins_anew()
    {
        await using var harness = await WorkflowHarness.StartAsync(times: Quick);
        var order = Support.Orders.Good(cardToken: "tok_timeout");
        var payment = ChildIds.For(order.OrderId, nameof(OrderWorkflow.Payment));
        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        await harness.UntilStateAsync(payment, "Suspended");

        var retry = await harness.Client.ActAsync(payment, OperatorActions.Retry, "ann", "the provider is back", Cancellation);
        await harness.UntilAsync(payment, step => step.Journal.Event == "RetryWorkflow");
        var keys = harness.EntriesOf<CommandSent>(payment).Select(sent => (sent.IdempotencyKey, sent.Attempt)).ToArray();

        Assert.Equal(ActionOutcome.Accepted, retry.Outcome);
        Assert.Single(keys.Select(key => key.IdempotencyKey).Distinct());
        Assert.Equal([1, 2, 3, 4, 5, 1], keys.Select(key => key.Attempt));
    }

    static WorkflowTimes Quick => new()
    {
        CardProvider = TimeSpan.FromMilliseconds(200),
        CardRetry = TimeSpan.FromMilliseconds(100),
    };
}
