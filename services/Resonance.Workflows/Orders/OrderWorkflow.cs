using MassTransit;
using Resonance.Contracts.Inventory;
using Resonance.Contracts.Notifications;
using Resonance.Contracts.Orders;
using Resonance.Contracts.Payments;
using Resonance.Contracts.Shipping;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Definitions;
using Resonance.Engine.Recovery;
using Resonance.Workflows.Notifications;
using Resonance.Workflows.Payments;

namespace Resonance.Workflows.Orders;

/// <summary>Takes an order from submission to shipment; whatever fails on the way, what was done before is undone.</summary>
public sealed class OrderWorkflow : WorkflowStateMachine<OrderInstance>
{
    /// <summary>Name of the workflow and of its queue.</summary>
    public const string Type = "order";

    /// <summary>How the order talks to its workers.</summary>
    static readonly RetryPolicy Patient = new()
    {
        InitialInterval = TimeSpan.FromSeconds(1),
        BackoffCoefficient = 2,
        MaximumInterval = TimeSpan.FromSeconds(30),
        MaximumAttempts = 6,
    };

    public OrderWorkflow(OrderRules rules, WorkflowTimes times) : base(Type)
    {
        StartsWith(() => Submitted, start => start.OrderId, start => start.OrderNumber, start => start.Priority);
        Admission<SubmitOrder>(admission => admission.FifoBy(start => start.CustomerId).Priority(start => start.Priority));

        ReleaseInventory = Activity<ReleaseInventory, InventoryReleased>(nameof(ReleaseInventory), activity => activity
            .SendTo(WorkersRegistration.InventoryQueue).Timeout(times.Worker).Retry(Patient)
            .Command(call => new ReleaseInventory
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                ReservationId = call.WorkflowId,
            }));
        ReserveInventory = Activity<ReserveInventory, InventoryReserved>(nameof(ReserveInventory), activity => activity
            .SendTo(WorkersRegistration.InventoryQueue).Timeout(times.Worker).Retry(Patient)
            .CompensateWith(ReleaseInventory, when: reply => reply.Reserved)
            .Command(call => new ReserveInventory
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                ReservationId = call.WorkflowId,
                Lines = [.. call.Instance.Lines.Select(line => new InventoryLine { Sku = line.Sku, Quantity = line.Quantity })],
            }));

        RefundPayment = Activity<RefundPayment, ChildWorkflowFinished>(nameof(RefundPayment), activity => activity
            .SendTo(PaymentWorkflow.Type).Timeout(times.Child).Retry(Patient)
            .Command(call => new RefundPayment { PaymentId = call.Instance.PaymentId, Reason = OneLine(call.Instance.Reason) }));
        Payment = Activity<StartPayment, ChildWorkflowFinished>(nameof(Payment), activity => activity
            .SendTo(PaymentWorkflow.Type).Timeout(times.Child).Retry(Patient with { MaximumAttempts = 0, MaximumInterval = TimeSpan.FromMinutes(10) })
            .CompensateWith(RefundPayment, when: reply => reply.Status == WorkflowStatus.Completed)
            .Command(call => new StartPayment
            {
                PaymentId = call.Instance.PaymentId,
                Reference = call.Instance.Key,
                Amount = call.Instance.Total,
                Currency = call.Instance.Currency,
                CardToken = call.Instance.CardToken,
            }));

        CancelShipment = Activity<CancelShipment, ShipmentCancelled>(nameof(CancelShipment), activity => activity
            .SendTo(WorkersRegistration.ShippingQueue).Timeout(times.Worker).Retry(Patient)
            .Command(call => new CancelShipment
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                ShipmentId = call.WorkflowId,
            }));
        ArrangeShipment = Activity<ArrangeShipment, ShipmentArranged>(nameof(ArrangeShipment), activity => activity
            .SendTo(WorkersRegistration.ShippingQueue).Timeout(times.Worker).Retry(Patient)
            .CompensateWith(CancelShipment)
            .Command(call => new ArrangeShipment
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                ShipmentId = call.WorkflowId,
                Reference = call.Instance.Key,
                CustomerId = call.Instance.CustomerId,
            }));

        Ends(Completed, WorkflowStatus.Completed);

        WhenSubmitted(rules);
        WhilePending();
        WhileProcessing(rules);
        WhileAwaitingPayment();
        WhileShipping();
        WhenCancelled();
    }

    /// <summary>Accepted; nothing has been done yet.</summary>
    public State Pending { get; } = null!;

    /// <summary>Stock is being reserved.</summary>
    public State Processing { get; } = null!;

    /// <summary>The payment workflow runs.</summary>
    public State AwaitingPayment { get; } = null!;

    /// <summary>A carrier is being found.</summary>
    public State Shipping { get; } = null!;

    /// <summary>Paid and shipped.</summary>
    public State Completed { get; } = null!;

    /// <summary>The start.</summary>
    public Event<SubmitOrder> Submitted { get; } = null!;

    /// <summary>Holds the stock.</summary>
    public Activity<OrderInstance, ReserveInventory, InventoryReserved> ReserveInventory { get; }

    /// <summary>Gives the stock back.</summary>
    public Activity<OrderInstance, ReleaseInventory, InventoryReleased> ReleaseInventory { get; }

    /// <summary>Runs a payment workflow as a child.</summary>
    public Activity<OrderInstance, StartPayment, ChildWorkflowFinished> Payment { get; }

    /// <summary>Has the payment workflow give the money back.</summary>
    public Activity<OrderInstance, RefundPayment, ChildWorkflowFinished> RefundPayment { get; }

    /// <summary>Books a carrier.</summary>
    public Activity<OrderInstance, ArrangeShipment, ShipmentArranged> ArrangeShipment { get; }

    /// <summary>Calls the carrier off.</summary>
    public Activity<OrderInstance, CancelShipment, ShipmentCancelled> CancelShipment { get; }

    void WhenSubmitted(OrderRules rules) => Initially(
        When(Submitted)
            .Then(context => Remember(context.Saga, context.Message))
            .TransitionTo(Pending)
            .Evaluate(rules.OrderLimit, context => Facts(context.Saga),
                pass => pass.Execute(ReserveInventory).TransitionTo(Processing),
                fail => fail.Suspend(context => $"{context.WhyNot(rules.OrderLimit)}: a person must decide")));

    void WhilePending() => During(Pending,
        When(Resumed).Execute(ReserveInventory).TransitionTo(Processing));

    void WhileProcessing(OrderRules rules) => During(Processing,
        When(ReserveInventory.Completed)
            .Then(context => context.Saga.Availability = context.Message.Lines)
            .Evaluate(rules.CheckInventory, context => Stock(context.Saga, context.Message),
                pass => pass.Execute(Payment).TransitionTo(AwaitingPayment),
                fail => fail
                    .Then(context => context.Saga.WhyForCustomer = "An article is out of stock.")
                    .Compensate(context => context.WhyNot(rules.CheckInventory))));

    void WhileAwaitingPayment() => During(AwaitingPayment,
        When(Payment.Completed)
            .IfElse(context => context.Message.Status == WorkflowStatus.Completed,
                paid => paid.Execute(ArrangeShipment).TransitionTo(Shipping),
                unpaid => unpaid
                    .Then(context => context.Saga.WhyForCustomer = "The payment was not successful.")
                    .Compensate(context => WhyUnpaid(context.Message))));

    void WhileShipping() => During(Shipping,
        When(ArrangeShipment.Completed)
            .Then(context => context.Saga.TrackingNumber = context.Message.TrackingNumber)
            .TransitionTo(Completed)
            .Publish(context => new OrderCompleted
            {
                OrderId = context.Saga.CorrelationId,
                OrderNumber = context.Saga.Key,
                TrackingNumber = context.Saga.TrackingNumber!,
            })
            .Notify(NotificationTemplates.OrderCompleted, order => order.Notify, order => new Dictionary<string, string>
            {
                ["orderNumber"] = order.Key,
                ["trackingNumber"] = order.TrackingNumber!,
            }),
        When(ArrangeShipment.Failed)
            .Then(context => context.Saga.WhyForCustomer = "No carrier can bring it to you.")
            .Compensate(context => $"shipping refused the order: {context.Message.Message}"));

    void WhenCancelled() => WhenEnter(Cancelled, entering => entering
        .Publish(context => new OrderCancelled
        {
            OrderId = context.Saga.CorrelationId,
            OrderNumber = context.Saga.Key,
            Reason = context.Saga.Reason ?? "cancelled",
        })
        .Notify(NotificationTemplates.OrderCancelled, order => order.Notify, order => new Dictionary<string, string>
        {
            ["orderNumber"] = order.Key,
            ["reason"] = order.WhyForCustomer ?? "It was cancelled on request.",
        }));

    static OrderFacts Facts(OrderInstance order) => new(order.Total, order.Currency, order.CustomerId, order.Priority);

    static StockFacts Stock(OrderInstance order, InventoryReserved reply) => new(reply.Lines, reply.Reserved, order.Total, order.Currency);

    static string WhyUnpaid(ChildWorkflowFinished payment) =>
        $"the payment {payment.ChildKey} ended in {StateNames.ToScreen(payment.State)}: {payment.Reason}";

    /// <summary>A reason as the contract takes it: without control characters, 512 letters at most.</summary>
    static string OneLine(string? reason)
    {
        var line = string.Concat((reason ?? "the order was undone").Select(letter => char.IsControl(letter) ? ' ' : letter));
        return line.Length <= 512 ? line : line[..512];
    }

    static void Remember(OrderInstance order, SubmitOrder start)
    {
        order.CustomerId = start.CustomerId;
        order.Currency = start.Currency;
        order.Lines = start.Lines;
        order.Total = start.Lines.Sum(line => line.Quantity * line.UnitPrice);
        order.CardToken = start.CardToken;
        order.Notify = start.Notify;
        order.PaymentId = ChildIds.For(start.OrderId, nameof(Payment));
    }
}
