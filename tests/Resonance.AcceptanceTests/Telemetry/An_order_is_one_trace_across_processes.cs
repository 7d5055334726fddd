using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Telemetry;

[Collection("Telemetry")]
public sealed class An_order_is_one_trace_across_processes(Servers servers)
{
    const string ForeignTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const string ForeignSpan = "00f067aa0ba902b7";

    [Fact]
    public async Task With_its_payment_its_retry_and_its_undoing()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new EventfulOrder();
        await using var receiver = await OtlpReceiver.StartAsync(cancellationToken);
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        var settings = EventfulOrder.Settings(receiver.From(HostSettings.OnServers(database, broker), "grpc"));
        await using var engine = await HostProcess.StartAsync(settings.With("Resonance__Roles", "engine"), cancellationToken);
        await using var workers = await HostProcess.StartAsync(settings.With("Resonance__Roles", "workers"), cancellationToken);
        await using var gateway = await HostProcess.StartAsync(settings.With("Resonance__Roles", "gateway"), cancellationToken);

        await order.RunAsync(gateway, sampled: true, cancellationToken);
        foreach (var process in new[] { gateway, engine, workers })
            Assert.Equal(0, await process.StopAsync(cancellationToken));

        await order.AssertTraceAsync(receiver.Spans, cancellationToken);
        var trace = receiver.Spans.Where(span => span.TraceId == order.TraceId).ToArray();
        Assert.Equal(3, trace.Select(span => span.Process).Distinct().Count());
        Assert.All(trace.Where(span => span.Name.StartsWith("work ", StringComparison.Ordinal)), span => Assert.Contains(
            trace, statement => statement.ParentId == span.SpanId && statement.Name == "INSERT worker_effect"));
    }

    [Fact]
    public async Task That_goes_on_with_the_span_of_a_foreign_producer()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm();
        await using var receiver = await OtlpReceiver.StartAsync(cancellationToken);
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        await using var host = await HostProcess.StartAsync(
            receiver.From(HostSettings.OnServers(database, broker), "http/protobuf"), cancellationToken);

        await broker.PublishAsync(
            "Resonance.Contracts.Orders:SubmitOrder",
            order.ToJson(),
            properties => properties.Headers = new Dictionary<string, object?> { ["traceparent"] = $"00-{ForeignTrace}-{ForeignSpan}-01" },
            cancellationToken: cancellationToken);
        await new WorkflowApi(host.Client).SeeAsync(order.OrderId, "COMPLETED", cancellationToken);
        Assert.Equal(0, await host.StopAsync(cancellationToken));

        // MassTransit knows no traceparent: the step is what stands under the producer, and nothing of the message is elsewhere.
        var root = Assert.Single(receiver.Spans, span => span.ParentId == ForeignSpan);
        Assert.Equal(("step order", SeenKind.Consumer, ForeignTrace), (root.Name, root.Kind, root.TraceId));
        Assert.DoesNotContain(receiver.Spans, span => span.TraceId != ForeignTrace && span.Kind is (SeenKind.Consumer or SeenKind.Producer));
    }
}
