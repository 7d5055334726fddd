using Resonance.Contracts.Inventory;
using Resonance.Contracts.Orders;
using Resonance.Contracts.Payments;
using Resonance.Contracts.Shipping;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Testing;
using Resonance.Workflows;
using Resonance.Workflows.Orders;
using Xunit;

namespace Resonance.Tests.Testing;

/// <summary>The order workflow, whole, through the public test harness; the payment, a workflow of its own, is answered for.</summary>
public sealed class OrderInVirtualTimeTests : IAsyncLifetime
{
    WorkflowTestHarness<OrderInstance> _harness = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _harness = await WorkflowTestHarness.StartAsync(new OrderWorkflow(new OrderRules(), new WorkflowTimes()), cancellationToken: Cancel);

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task An_order_is_reserved_paid_and_shipped()
    {
        var order = await _harness.StartInstanceAsync(Support.Orders.Good());
        await ReserveAsync(order);
        var payment = await PayAsync(order);
        await ShipAsync(order);

        Assert.Equal((20m, "ORDER-1001"), (payment.Message.Amount, payment.Message.Reference));
        Assert.Equal((nameof(OrderWorkflow.Completed), "TRACK-1"), (order.State, order.Instance.TrackingNumber));
        Assert.Equal("TRACK-1", Assert.Single(order.Published<OrderCompleted>()).TrackingNumber);
        Assert.Equal(
            ["Queued", "Pending", "Processing", "AwaitingPayment", "Shipping", "Completed"],
            order.Journal.OfType<StateChanged>().Select(change => change.To));
    }

    [Fact]
    public async Task A_refused_shipment_gives_the_money_back_and_then_the_stock()
    {
        var order = await _harness.StartInstanceAsync(Support.Orders.Good());
        await ReserveAsync(order);
        await PayAsync(order);

        await order.FailAsync(order.NextCommand<ArrangeShipment>(), "no_carrier", "No carrier goes there.", nonRetryable: true);
        Assert.Throws<InvalidOperationException>(order.NextCommand<ReleaseInventory>);
        var refund = order.NextCommand<RefundPayment>();
        await order.ReplyAsync(refund, Finished(refund, WorkflowStatus.Cancelled, "Refunded"));
        var release = order.NextCommand<ReleaseInventory>();
        await order.ReplyAsync(
            release, new InventoryReleased { WorkflowId = release.WorkflowId, IdempotencyKey = release.IdempotencyKey });

        Assert.Equal(["Payment", "ReserveInventory"], order.Journal.OfType<Compensated>().Select(undone => undone.Activity));
        Assert.Equal((nameof(OrderWorkflow.Cancelled), WorkflowStatus.Cancelled), (order.State, order.Status));
        Assert.Equal("shipping refused the order: No carrier goes there.", Assert.Single(order.Published<OrderCancelled>()).Reason);
    }

    [Fact]
    public async Task A_declined_payment_gives_the_stock_back()
    {
        var order = await _harness.StartInstanceAsync(Support.Orders.Good());
        await ReserveAsync(order);

        var payment = order.NextCommand<StartPayment>();
        await order.ReplyAsync(payment, Finished(payment, WorkflowStatus.Failed, "Declined", "the card has expired"));

        Assert.Equal(order.Id, order.NextCommand<ReleaseInventory>().Message.ReservationId);
        Assert.Equal("the payment PAYMENT-1 ended in DECLINED: the card has expired", order.Reason);
    }

    [Fact]
    public async Task An_order_that_is_out_of_stock_undoes_nothing()
    {
        var order = await _harness.StartInstanceAsync(Support.Orders.Good());

        await ReserveAsync(order, available: 1);

        Assert.Equal(WorkflowStatus.Cancelled, order.Status);
        Assert.StartsWith("out of stock", order.Reason, StringComparison.Ordinal);
        Assert.Empty(order.Journal.OfType<CompensationStarted>());
    }

    [Fact]
    public async Task A_payment_is_waited_for_as_long_as_it_takes()
    {
        var order = await _harness.StartInstanceAsync(Support.Orders.Good());
        await ReserveAsync(order);
        var first = order.NextCommand<StartPayment>();

        await _harness.AdvanceAsync(TimeSpan.FromDays(7));
        Assert.Equal(nameof(OrderWorkflow.AwaitingPayment), order.State);
        await order.ReplyAsync(first, Finished(first, WorkflowStatus.Completed, "Completed"));

        Assert.Equal(nameof(OrderWorkflow.Shipping), order.State);
        Assert.InRange(order.Journal.OfType<RetryScheduled>().Count(), 100, 2000);
    }

    [Fact]
    public async Task A_large_order_waits_for_a_person_who_may_also_give_it_up()
    {
        var order = await _harness.StartInstanceAsync(Support.Orders.Good(unitPrice: 9_000));
        Assert.Equal(WorkflowStatus.Suspended, order.Status);

        var done = await order.ActAsync(OperatorActions.Cancel, "ann", "nobody orders that much");

        Assert.Equal((ActionOutcome.Accepted, WorkflowStatus.Cancelled), (done.Outcome, order.Status));
    }

    static async Task ReserveAsync(TestedWorkflow<OrderInstance> order, long available = 100)
    {
        var command = order.NextCommand<ReserveInventory>();
        var lines = command.Message.Lines.Select(
            line => new InventoryAvailability { Sku = line.Sku, Quantity = line.Quantity, Available = available });
        await order.ReplyAsync(
            command,
            new InventoryReserved
            {
                WorkflowId = command.WorkflowId,
                IdempotencyKey = command.IdempotencyKey,
                Reserved = available > 1,
                Lines = [.. lines],
            });
    }

    static async Task<TestedCommand<StartPayment>> PayAsync(TestedWorkflow<OrderInstance> order)
    {
        var command = order.NextCommand<StartPayment>();
        await order.ReplyAsync(command, Finished(command, WorkflowStatus.Completed, "Completed"));
        return command;
    }

    static async Task ShipAsync(TestedWorkflow<OrderInstance> order)
    {
        var command = order.NextCommand<ArrangeShipment>();
        await order.ReplyAsync(
            command,
            new ShipmentArranged { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey, TrackingNumber = "TRACK-1" });
    }

    static ChildWorkflowFinished Finished<TCommand>(TestedCommand<TCommand> command, string status, string state, string? reason = null)
        where TCommand : class => new()
        {
            WorkflowId = command.WorkflowId,
            IdempotencyKey = command.IdempotencyKey,
            ChildId = NameBasedId.For("the payment"),
            ChildType = "payment",
            ChildKey = "PAYMENT-1",
            State = state,
            Status = status,
            Reason = reason,
        };
}
