using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Orders;

[Collection<OnARunningHost>]
public sealed class An_order_is_completed(RunningHost host)
{
    const string SubmitOrder = "Resonance.Contracts.Orders:SubmitOrder";

    [Fact]
    public async Task When_it_is_posted_over_http()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm();

        var started = await host.Api.StartAsync(order, cancellationToken);

        Assert.Equal(order.OrderId, started.Id);
        Assert.Matches("^ORDER-[0-9]+$", started.Key);
        var completed = await AssertCompletedAsync(order, cancellationToken);
        Assert.Equal(started.Key, completed.Key);
    }

    [Fact]
    public async Task When_a_foreign_client_publishes_bare_json()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm { OrderNumber = $"WEB-{NewId.NextGuid():n}", Priority = 7 };

        await host.Broker.PublishAsync(SubmitOrder, order.ToJson(), cancellationToken: cancellationToken);

        var completed = await AssertCompletedAsync(order, cancellationToken);
        Assert.Equal(order.OrderNumber, completed.Key);
        Assert.Equal(7, completed.Priority);
    }

    [Fact]
    public async Task When_a_foreign_client_publishes_the_envelope_of_MassTransit()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm();

        await host.Broker.PublishAsync(
            SubmitOrder,
            order.ToEnvelope(NewId.NextGuid()),
            properties => properties.ContentType = OrderForm.EnvelopeType,
            cancellationToken: cancellationToken);

        await AssertCompletedAsync(order, cancellationToken);
    }

    async Task<SeenWorkflow> AssertCompletedAsync(OrderForm order, CancellationToken cancellationToken)
    {
        var completed = await host.Api.SeeAsync(order.OrderId, "COMPLETED", cancellationToken);
        Assert.Equal("completed", completed.Status);
        Assert.NotNull(completed.FinishedAt);
        Assert.Empty(completed.WaitingFor);
        Assert.StartsWith("TRK-", completed.Data.Text("trackingNumber"), StringComparison.Ordinal);

        var history = await host.Api.HistoryAsync(order.OrderId, cancellationToken);
        Assert.Equal(Enumerable.Range(1, (int)completed.Version).Select(number => (long)number), history.Select(step => step.Sequence));
        Assert.Equal(["QUEUED", "PENDING", "PROCESSING", "AWAITING_PAYMENT", "SHIPPING", "COMPLETED"], history.States());
        Assert.Equal("completed", Assert.Single(history.OfKind("finished")).Text("outcome"));
        Assert.Empty(history.OfKind("eventRejected"));

        var paymentId = Guid.Parse(completed.Data.Text("paymentId"));
        await StoredJournal.AssertChainAsync(host.Database, order.OrderId, cancellationToken);
        await StoredJournal.AssertChainAsync(host.Database, paymentId, cancellationToken);

        Assert.Equal(2, await host.Effects.ReservedAsync(order.OrderId, cancellationToken));
        Assert.Empty(await host.Effects.SkusOutOfBalanceAsync(cancellationToken));
        Assert.Equal(
            [new CardOperation("assess", "39.98", null), new CardOperation("capture", "39.98", null)],
            await host.Effects.CardOperationsAsync(paymentId, cancellationToken));
        Assert.Equal("arranged", await host.Effects.ShipmentAsync(order.OrderId, cancellationToken));
        return completed;
    }
}
