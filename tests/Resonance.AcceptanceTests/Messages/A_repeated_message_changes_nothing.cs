using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Messages;

[Collection<OnARunningHost>]
public sealed class A_repeated_message_changes_nothing(RunningHost host)
{
    const string SubmitOrder = "Resonance.Contracts.Orders:SubmitOrder";
    const int Deliveries = 5;

    [Fact]
    public async Task A_start_with_the_same_message_id()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm();
        var messageId = NewId.NextGuid().ToString();

        for (var delivery = 0; delivery < Deliveries; delivery++)
        {
            await host.Broker.PublishAsync(
                SubmitOrder, order.ToJson(), properties => properties.MessageId = messageId, cancellationToken: cancellationToken);
        }

        await AssertOneOrderAsync(order, cancellationToken);
    }

    [Fact]
    public async Task A_start_without_a_message_id()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm();

        for (var delivery = 0; delivery < Deliveries; delivery++)
            await host.Broker.PublishAsync(SubmitOrder, order.ToJson(), cancellationToken: cancellationToken);

        await AssertOneOrderAsync(order, cancellationToken);
    }

    [Fact]
    public async Task A_start_in_the_envelope_of_MassTransit()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm();
        var envelope = order.ToEnvelope(NewId.NextGuid());

        for (var delivery = 0; delivery < Deliveries; delivery++)
        {
            await host.Broker.PublishAsync(
                SubmitOrder, envelope, properties => properties.ContentType = OrderForm.EnvelopeType, cancellationToken: cancellationToken);
        }

        await AssertOneOrderAsync(order, cancellationToken);
    }

    [Fact]
    public async Task A_workers_reply()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var copies = $"copies-{NewId.NextGuid():n}";
        await host.Broker.DeclareQueueAsync(copies, boundTo: "order", cancellationToken);
        var order = new OrderForm();
        await host.Api.StartAsync(order, cancellationToken);
        await host.Api.SeeAsync(order.OrderId, "COMPLETED", cancellationToken);
        var seen = await host.Broker.TakeAsync(copies, cancellationToken);
        var reply = Assert.Single(seen, message => IsReservation(message, order.OrderId));
        var steps = await host.Effects.StepsAsync(order.OrderId, cancellationToken);

        // The same delivery again, as a broker does when an acknowledgement is lost; then the same answer as a message of its own, as
        // a worker does that was asked twice. The second one leaves a trace in the journal and nothing else.
        await SendAgainAsync(reply, reply.Properties.MessageId!, cancellationToken);
        await SendAgainAsync(reply, NewId.NextGuid().ToString(), cancellationToken);

        var history = await host.Api.SeeHistoryAsync(order.OrderId, all => all.OfKind("eventRejected").Count == 1, cancellationToken);
        Assert.Equal("InventoryReserved", history[^1].Event);
        Assert.Equal(steps + 1, history.Count);
        Assert.Equal("COMPLETED", history[^1].To);
        await AssertOneOrderAsync(order, cancellationToken, rejections: 1);
    }

    Task SendAgainAsync(BrokerMessage message, string messageId, CancellationToken cancellationToken) => host.Broker.PublishAsync(
        "order",
        message.Body,
        properties =>
        {
            properties.ContentType = message.Properties.ContentType;
            properties.MessageId = messageId;
            properties.Type = message.Properties.Type;
            properties.Headers = message.Headers
                .Where(header => header.Key is not "MessageId")
                .Append(new("MessageId", messageId))
                .ToDictionary();
        },
        cancellationToken: cancellationToken);

    static bool IsReservation(BrokerMessage message, Guid orderId) =>
        message.Headers.GetValueOrDefault("MT-MessageType") is string types
        && types.Contains("urn:message:Resonance.Contracts.Inventory:InventoryReserved", StringComparison.Ordinal)
        && message.Body.Contains(orderId.ToString(), StringComparison.Ordinal);

    async Task AssertOneOrderAsync(OrderForm order, CancellationToken cancellationToken, int rejections = 0)
    {
        await host.Api.SeeAsync(order.OrderId, "COMPLETED", cancellationToken);

        // An order that is published behind the repetitions and is completed shows that they have been taken from the queue, too.
        var last = new OrderForm();
        await host.Broker.PublishAsync(SubmitOrder, last.ToJson(), cancellationToken: cancellationToken);
        await host.Api.SeeAsync(last.OrderId, "COMPLETED", cancellationToken);

        var history = await host.Api.HistoryAsync(order.OrderId, cancellationToken);
        Assert.Single(history, step => step.Event == "SubmitOrder");
        Assert.Equal(["QUEUED", "PENDING", "PROCESSING", "AWAITING_PAYMENT", "SHIPPING", "COMPLETED"], history.States());
        Assert.Equal(rejections, history.OfKind("eventRejected").Count);
        Assert.Equal(2, await host.Effects.ReservedAsync(order.OrderId, cancellationToken));
        Assert.Empty(await host.Effects.SkusOutOfBalanceAsync(cancellationToken));
        var paymentId = Guid.Parse((await host.Api.FindAsync(order.OrderId, cancellationToken))!.Data.Text("paymentId"));
        Assert.Equal(
            ["assess", "capture"],
            (await host.Effects.CardOperationsAsync(paymentId, cancellationToken)).Select(operation => operation.Operation));
        await StoredJournal.AssertChainAsync(host.Database, order.OrderId, cancellationToken);
    }
}
