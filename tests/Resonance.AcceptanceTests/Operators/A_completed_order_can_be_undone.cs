using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Operators;

[Collection<OnARunningHost>]
public sealed class A_completed_order_can_be_undone(RunningHost host)
{
    [Fact]
    public async Task The_shipment_is_called_off_then_the_payment_refunded_then_the_stock_released()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm();
        await host.Api.StartAsync(order, cancellationToken);
        var completed = await host.Api.SeeAsync(order.OrderId, "COMPLETED", cancellationToken);

        await host.Api.ActAsync(order.OrderId, "compensate", "returned by the customer", cancellationToken);

        await host.Api.SeeAsync(order.OrderId, "CANCELLED", cancellationToken);
        var history = await host.Api.HistoryAsync(order.OrderId, cancellationToken);
        Assert.Equal(
            ["ArrangeShipment", "Payment", "ReserveInventory"], history.OfKind("compensated").Select(entry => entry.Text("activity")));

        var paymentId = Guid.Parse(completed.Data.Text("paymentId"));
        await host.Api.SeeAsync(paymentId, "REFUNDED", cancellationToken);
        var operations = await host.Effects.CardOperationsAsync(paymentId, cancellationToken);
        Assert.NotNull(Assert.Single(operations, operation => operation.Operation == "capture").RefundedBy);
        Assert.Single(operations, operation => operation.Operation == "refund");
        Assert.Equal("cancelled", await host.Effects.ShipmentAsync(order.OrderId, cancellationToken));
        Assert.Equal(0, await host.Effects.ReservedAsync(order.OrderId, cancellationToken));
        Assert.Empty(await host.Effects.SkusOutOfBalanceAsync(cancellationToken));
        await StoredJournal.AssertChainAsync(host.Database, order.OrderId, cancellationToken);
    }
}
