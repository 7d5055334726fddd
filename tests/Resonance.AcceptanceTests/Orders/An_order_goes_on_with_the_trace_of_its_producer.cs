using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Orders;

[Collection<OnARunningHost>]
public sealed class An_order_goes_on_with_the_trace_of_its_producer(RunningHost host)
{
    [Fact]
    public async Task When_it_is_published_by_a_foreign_client()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var order = new OrderForm();

        await host.Broker.PublishAsync(
            "Resonance.Contracts.Orders:SubmitOrder",
            order.ToJson(),
            properties => properties.Headers = new Dictionary<string, object?> { ["traceparent"] = $"00-{trace}-00f067aa0ba902b7-01" },
            cancellationToken: cancellationToken);

        await AssertTraceAsync(order.OrderId, trace, cancellationToken);
    }

    [Fact]
    public async Task When_it_is_posted_over_http()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        var order = new OrderForm();

        using var request = new HttpRequestMessage(HttpMethod.Post, "api/workflows/order")
        {
            Content = new StringContent(order.ToJson(), System.Text.Encoding.UTF8, "application/json"),
            Headers = { { "traceparent", $"00-{trace}-b7ad6b7169203331-01" } },
        };
        using var response = await host.Process.Client.SendAsync(request, cancellationToken);

        await AssertTraceAsync(order.OrderId, trace, cancellationToken);
    }

    async Task AssertTraceAsync(Guid orderId, string trace, CancellationToken cancellationToken)
    {
        var order = await host.Api.SeeAsync(orderId, "COMPLETED", cancellationToken);
        var payment = await host.Api.SeeAsync(Guid.Parse(order.Data.Text("paymentId")), "COMPLETED", cancellationToken);
        Assert.Equal(trace, order.TraceId);
        Assert.Equal(trace, payment.TraceId);

        // Every step, those after a worker's answer included, was taken under the same trace.
        foreach (var id in new[] { order.Id, payment.Id })
        {
            Assert.All(
                await StoredJournal.ReadAsync(host.Database, id, cancellationToken),
                row => Assert.StartsWith($"00-{trace}-", row.TraceParent, StringComparison.Ordinal));
        }
    }
}
