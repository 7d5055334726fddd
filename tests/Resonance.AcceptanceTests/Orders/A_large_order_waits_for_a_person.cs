using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Orders;

[Collection<OnARunningHost>]
public sealed class A_large_order_waits_for_a_person(RunningHost host)
{
    [Fact]
    public async Task Nothing_is_done_before_somebody_decides()
    {
        var cancellationToken = TestContext.Current.CancellationToken;

        var order = await SuspendedAsync(cancellationToken);

        Assert.Equal("suspended", order.Status);
        var wait = Assert.Single(order.WaitingFor);
        Assert.Contains("10000", wait.What, StringComparison.Ordinal);
        Assert.Null(wait.Until);
        Assert.Equal(0, await host.Effects.ReservedAsync(order.Id, cancellationToken));
    }

    [Fact]
    public async Task A_resumed_order_is_completed()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = await SuspendedAsync(cancellationToken);

        await host.Api.ActAsync(order.Id, "resume", "the customer is known", cancellationToken);

        await host.Api.SeeAsync(order.Id, "COMPLETED", cancellationToken);
        var action = Assert.Single((await host.Api.HistoryAsync(order.Id, cancellationToken)).OfKind("operatorAction"));
        Assert.Equal("resume", action.Text("action"));
        Assert.Equal("the customer is known", action.Text("reason"));
        await StoredJournal.AssertChainAsync(host.Database, order.Id, cancellationToken);
    }

    [Fact]
    public async Task A_cancelled_order_reserves_nothing()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = await SuspendedAsync(cancellationToken);

        await host.Api.ActAsync(order.Id, "cancel", "too large", cancellationToken);

        var cancelled = await host.Api.SeeAsync(order.Id, "CANCELLED", cancellationToken);
        Assert.Equal("cancelled", cancelled.Status);
        Assert.Empty(cancelled.WaitingFor);
        Assert.Equal(0, await host.Effects.ReservedAsync(order.Id, cancellationToken));
    }

    [Fact]
    public async Task An_order_of_exactly_the_limit_goes_through()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm { Lines = [new("SKU-1004", 4, 2_500m)] };

        await host.Api.StartAsync(order, cancellationToken);

        await host.Api.SeeAsync(order.OrderId, "COMPLETED", cancellationToken);
    }

    async Task<SeenWorkflow> SuspendedAsync(CancellationToken cancellationToken)
    {
        var order = new OrderForm { Lines = [new("SKU-1004", 4, 2_500.01m)] };
        await host.Api.StartAsync(order, cancellationToken);
        return await host.Api.SeeAsync(order.OrderId, "SUSPENDED", cancellationToken);
    }
}
