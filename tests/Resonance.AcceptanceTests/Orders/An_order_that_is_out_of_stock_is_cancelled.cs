using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Orders;

[Collection<OnARunningHost>]
public sealed class An_order_that_is_out_of_stock_is_cancelled(RunningHost host)
{
    [Theory]
    [InlineData("SKU-OUT", 1)]
    [InlineData("SKU-1002", 1_000_000)]
    [InlineData("SKU-NOBODY-KNOWS", 1)]
    public async Task Nothing_is_reserved_and_nothing_is_paid(string sku, int quantity)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        if (sku == "SKU-1002")
            await TakeOneAsync(sku, cancellationToken);

        var order = new OrderForm { Lines = [new("SKU-1003", 1, 1m), new(sku, quantity, 0.001m)] };
        await host.Api.StartAsync(order, cancellationToken);

        var cancelled = await host.Api.SeeAsync(order.OrderId, "CANCELLED", cancellationToken);
        Assert.Equal("cancelled", cancelled.Status);
        var history = await host.Api.HistoryAsync(order.OrderId, cancellationToken);
        var verdict = Assert.Single(history.OfKind("ruleEvaluated"), rule => rule.Text("rule") == "check_inventory");
        Assert.Equal("fail", verdict.Text("verdict"));
        Assert.StartsWith($"out of stock (l.available >= l.quantity, for l = {{sku: '{sku}', ", verdict.Text("reason"), StringComparison.Ordinal);
        Assert.Equal(["QUEUED", "PENDING", "PROCESSING", "CANCELLED"], history.States());

        Assert.Equal(0, await host.Effects.ReservedAsync(order.OrderId, cancellationToken));
        Assert.Empty(await host.Effects.SkusOutOfBalanceAsync(cancellationToken));
        var paymentId = Guid.Parse(cancelled.Data.Text("paymentId"));
        Assert.False(await host.Effects.ExistsAsync(paymentId, cancellationToken));
        Assert.Null(await host.Effects.ShipmentAsync(order.OrderId, cancellationToken));
    }

    // The shelf holds 1,000,000; with one piece gone it is one short.
    async Task TakeOneAsync(string sku, CancellationToken cancellationToken)
    {
        var other = await host.Api.StartAsync(new OrderForm { Lines = [new(sku, 1, 1m)] }, cancellationToken);
        await host.Api.SeeAsync(other.Id, "COMPLETED", cancellationToken);
    }
}
