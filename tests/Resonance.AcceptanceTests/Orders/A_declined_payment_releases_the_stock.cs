using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Orders;

[Collection<OnARunningHost>]
public sealed class A_declined_payment_releases_the_stock(RunningHost host)
{
    [Fact]
    public async Task The_order_is_cancelled_and_nothing_is_captured()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm { CardToken = "tok_declined" };

        await host.Api.StartAsync(order, cancellationToken);

        var cancelled = await host.Api.SeeAsync(order.OrderId, "CANCELLED", cancellationToken);
        var history = await host.Api.HistoryAsync(order.OrderId, cancellationToken);
        Assert.Equal(["QUEUED", "PENDING", "PROCESSING", "AWAITING_PAYMENT", "COMPENSATING", "CANCELLED"], history.States());
        Assert.Equal("ReserveInventory", Assert.Single(history.OfKind("compensated")).Text("activity"));
        Assert.Contains("DECLINED", history.OfKind("compensationStarted")[0].Text("reason"), StringComparison.Ordinal);

        // It had been reserved: the answer is in the journal, the pieces are not on the order any more.
        Assert.Contains(history.OfKind("replyReceived"), reply => reply.Text("activity") == "ReserveInventory");
        Assert.Equal(0, await host.Effects.ReservedAsync(order.OrderId, cancellationToken));
        Assert.Empty(await host.Effects.SkusOutOfBalanceAsync(cancellationToken));

        var paymentId = Guid.Parse(cancelled.Data.Text("paymentId"));
        var payment = await host.Api.SeeAsync(paymentId, "DECLINED", cancellationToken);
        Assert.Equal("failed", payment.Status);
        Assert.Null(await host.Effects.ShipmentAsync(order.OrderId, cancellationToken));
        await StoredJournal.AssertChainAsync(host.Database, order.OrderId, cancellationToken);
    }
}
