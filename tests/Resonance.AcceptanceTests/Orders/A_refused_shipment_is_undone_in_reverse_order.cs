using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Orders;

[Collection<OnARunningHost>]
public sealed class A_refused_shipment_is_undone_in_reverse_order(RunningHost host)
{
    [Fact]
    public async Task The_payment_is_refunded_and_then_the_stock_is_released()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm { CustomerId = "noship-17" };

        await host.Api.StartAsync(order, cancellationToken);

        var cancelled = await host.Api.SeeAsync(order.OrderId, "CANCELLED", cancellationToken);
        var history = await host.Api.HistoryAsync(order.OrderId, cancellationToken);
        Assert.Equal(["QUEUED", "PENDING", "PROCESSING", "AWAITING_PAYMENT", "SHIPPING", "COMPENSATING", "CANCELLED"], history.States());
        Assert.Equal(["Payment", "ReserveInventory"], history.OfKind("compensated").Select(entry => entry.Text("activity")));

        var paymentId = Guid.Parse(cancelled.Data.Text("paymentId"));
        var payment = await host.Api.SeeAsync(paymentId, "REFUNDED", cancellationToken);
        Assert.Equal("cancelled", payment.Status);
        var operations = await host.Effects.CardOperationsAsync(paymentId, cancellationToken);
        Assert.Equal(["assess", "capture", "refund"], operations.Select(operation => operation.Operation));
        var capture = Assert.Single(operations, operation => operation.Operation == "capture");
        Assert.NotNull(capture.RefundedBy);

        Assert.Equal(0, await host.Effects.ReservedAsync(order.OrderId, cancellationToken));
        Assert.Empty(await host.Effects.SkusOutOfBalanceAsync(cancellationToken));
        Assert.Null(await host.Effects.ShipmentAsync(order.OrderId, cancellationToken));
        await StoredJournal.AssertChainAsync(host.Database, order.OrderId, cancellationToken);
        await StoredJournal.AssertChainAsync(host.Database, paymentId, cancellationToken);

        // The money was back before the stock was: the payment ended before the order gave its pieces back.
        var refunded = (await host.Api.HistoryAsync(paymentId, cancellationToken)).Single(step => step.To == "REFUNDED");
        var released = history.Single(step => step.Entries.Any(
            entry => entry.Text("kind") == "compensated" && entry.Text("activity") == "ReserveInventory"));
        Assert.True(refunded.OccurredAt < released.OccurredAt, $"{refunded.OccurredAt:O} is not before {released.OccurredAt:O}");
    }
}
