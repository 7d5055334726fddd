using RabbitMQ.Client.Exceptions;
using Xunit;

namespace Resonance.AcceptanceTests.Support;

public sealed class TestBrokerTests(Servers servers)
{
    const string Fanout = "amq.fanout";

    [Fact]
    public async Task A_published_message_is_read_back_with_its_properties()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        await broker.DeclareQueueAsync("orders", boundTo: Fanout, cancellationToken);

        await broker.PublishAsync(
            Fanout,
            """{"sku":"SKU-1001"}""",
            message =>
            {
                message.MessageId = "one";
                message.Headers = new Dictionary<string, object?> { ["traceparent"] = "00-ab-cd-01" };
            },
            cancellationToken: cancellationToken);

        var peeked = Assert.Single(await broker.PeekAsync("orders", cancellationToken));
        Assert.Equal("""{"sku":"SKU-1001"}""", peeked.Body);
        var properties = peeked.Properties;
        Assert.Equal(("one", "application/json", true), (properties.MessageId, properties.ContentType, properties.Persistent));
        Assert.Equal("00-ab-cd-01", peeked.Headers["traceparent"]);
        Assert.Equal(Fanout, peeked.Exchange);

        // Peeking left it there; taking does not.
        var depth = Assert.Single(await DepthsAsync(broker, cancellationToken));
        Assert.Equal(new QueueDepth("orders", Ready: 1, Unacknowledged: 0, Consumers: 0), depth);
        Assert.True(Assert.Single(await broker.TakeAsync("orders", cancellationToken)).Redelivered);
        Assert.Empty(await broker.TakeAsync("orders", cancellationToken));
    }

    [Fact]
    public async Task A_message_that_no_queue_takes_is_refused()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);

        var refusal = await Assert.ThrowsAnyAsync<PublishException>(
            () => broker.PublishAsync(Fanout, "{}", cancellationToken: cancellationToken));

        Assert.True(refusal.IsReturn);
    }

    [Fact]
    public async Task Each_test_has_a_virtual_host_of_its_own_which_goes_with_it()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var other = await TestBroker.CreateAsync(servers, cancellationToken);
        var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        await broker.DeclareQueueAsync("mine", cancellationToken: cancellationToken);

        Assert.Equal(["mine"], (await broker.QueuesAsync(cancellationToken)).Select(queue => queue.Name));
        Assert.Empty(await other.QueuesAsync(cancellationToken));
        Assert.Contains(broker.VirtualHost, await other.VirtualHostsAsync(cancellationToken));

        await broker.DisposeAsync();

        Assert.DoesNotContain(broker.VirtualHost, await other.VirtualHostsAsync(cancellationToken));
    }

    // The unacknowledged count lags behind the peek that has just put its message back.
    static Task<IReadOnlyList<QueueDepth>> DepthsAsync(TestBroker broker, CancellationToken cancellationToken) =>
        Eventually.SeeAsync(broker.QueuesAsync, queues => queues.All(queue => queue is { Unacknowledged: 0 }), cancellationToken);
}
