using System.Text.Json.Nodes;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Orders;

[Collection<OnARunningHost>]
public sealed class A_completed_order_is_told_to_everybody(RunningHost host)
{
    const string OrderCompleted = "Resonance.Contracts.Orders:OrderCompleted";

    [Fact]
    public async Task A_foreign_queue_that_is_bound_to_the_event_gets_bare_json()
    {
        var cancellationToken = TestContext.Current.CancellationToken;

        // The first event of its kind brings the exchange into being, which a queue can then be bound to.
        var first = await host.Api.StartAsync(new OrderForm(), cancellationToken);
        await host.Api.SeeAsync(first.Id, "COMPLETED", cancellationToken);
        await Eventually.SeeAsync(
            async token =>
            {
                await host.Broker.DeclareQueueAsync("foreign-completions", OrderCompleted, token);
                return true;
            },
            bound => bound,
            cancellationToken);

        var second = await host.Api.StartAsync(new OrderForm(), cancellationToken);
        var messages = await Eventually.SeeAsync(
            token => host.Broker.PeekAsync("foreign-completions", token),
            seen => seen.Any(message => IsAbout(message, second.Id)),
            cancellationToken);

        var told = Assert.Single(messages, message => IsAbout(message, second.Id));
        Assert.Equal("application/json", told.Properties.ContentType);
        Assert.Equal($"urn:message:{OrderCompleted}", told.Properties.Type);
        Assert.Equal(second.Key, JsonNode.Parse(told.Body)!["orderNumber"]!.ToString());
    }

    static bool IsAbout(BrokerMessage message, Guid orderId) =>
        JsonNode.Parse(message.Body)!["orderId"]!.ToString() == orderId.ToString();
}
