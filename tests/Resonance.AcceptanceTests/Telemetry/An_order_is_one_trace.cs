using Resonance.AcceptanceTests.Support;
using Resonance.Engine.Telemetry;
using Resonance.Tests.Observability;
using Xunit;

namespace Resonance.AcceptanceTests.Telemetry;

[Collection("Telemetry")]
public sealed class An_order_is_one_trace
{
    readonly EventfulOrder _order = new();

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task With_its_payment_its_retry_and_its_undoing_and_with_metrics_and_logs_beside_it(string protocol)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var receiver = await OtlpReceiver.StartAsync(cancellationToken);

        await RunAsync(receiver, settings => receiver.From(settings, protocol), sampled: true, cancellationToken);

        await _order.AssertTraceAsync(receiver.Spans, cancellationToken);
        AssertMetrics(receiver.Metrics);
        AssertLogs(receiver);
    }

    [Theory]
    [InlineData("always_off", true)]
    [InlineData("parentbased_always_on", false)]
    public async Task That_it_can_tell_also_when_it_is_not_sampled(string sampler, bool producerSamples)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var receiver = await OtlpReceiver.StartAsync(cancellationToken);

        await RunAsync(
            receiver, settings => receiver.From(settings, "grpc").With("OTEL_TRACES_SAMPLER", sampler), producerSamples, cancellationToken);

        Assert.DoesNotContain(receiver.Spans, span => span.TraceId == _order.TraceId);
        Assert.NotEmpty(receiver.Metrics);
    }

    [Fact]
    public async Task Also_where_nobody_collects_traces()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var receiver = await OtlpReceiver.StartAsync(cancellationToken);

        await RunAsync(receiver, settings => settings, sampled: false, cancellationToken);

        Assert.Empty(receiver.Spans);
    }

    async Task RunAsync(
        OtlpReceiver receiver, Func<HostSettings, HostSettings> configure, bool sampled, CancellationToken cancellationToken)
    {
        using var directory = new TestDirectory();
        await using var host = await HostProcess.StartAsync(
            configure(EventfulOrder.Settings(HostSettings.Embedded(directory))), cancellationToken);
        await _order.RunAsync(host, sampled, cancellationToken);

        // What waits to be exported goes with the last breath.
        Assert.Equal(0, await host.StopAsync(cancellationToken));
    }

    static void AssertMetrics(IReadOnlyList<SeenMetric> metrics)
    {
        var seen = metrics.Where(metric => metric.Scope == ResonanceTelemetry.Name).ToArray();
        Assert.All(seen, metric =>
        {
            var described = Assert.Single(MetricTable.All, candidate => candidate.Name == metric.Name);
            Assert.Equal((described.Instrument, described.Unit), (metric.Kind, metric.Unit));
            Assert.All(metric.Points, point => Assert.Equal(described.Attributes.Order(), point.Attributes.Keys.Order()));
        });

        Assert.Equal(1, Last("resonance.workflow.finished", "resonance.workflow.type", "order").Value);
        Assert.Equal(1, Last("resonance.activity.retries", "resonance.activity", "AssessCard").Value);
        Assert.Equal(1, Last("resonance.activity.compensations", "resonance.activity", "ReserveInventory").Value);
        Assert.Equal(1, Last("resonance.rule.evaluations", "resonance.rule", "fraud_score").Value);
        Assert.Equal(1, Last("resonance.worker.duration", "resonance.worker.outcome", "refused").Count);
        Assert.Equal(7, Last("resonance.steps", "resonance.step.outcome", "committed", "order").Value);
        Assert.Equal(7, Last("resonance.steps", "resonance.step.outcome", "committed", "payment").Value);
        var duration = Last("resonance.workflow.duration", "resonance.workflow.type", "order");
        Assert.Equal(1, duration.Count);
        Assert.InRange(duration.Value, 8, 60);
        Assert.Equal(604_800, duration.Bounds[^1]);
        foreach (var phase in new[] { "load", "decide", "commit", "publish" })
            Assert.Equal(14, Last("resonance.step.phase.duration", "resonance.step.phase", phase).Count);

        // What the store holds is asked by the engine itself.
        Assert.Equal(0, Last("resonance.incidents.open", "resonance.workflow.type", "order").Value);
        foreach (var figure in new[] { "resonance.outbox.depth", "resonance.outbox.oldest_age", "resonance.outbox.set_aside" })
            Assert.Contains(seen, metric => metric.Name == figure);

        // Of the runtime and of those that Resonance stands upon.
        Assert.Contains(metrics, metric => metric.Name == "dotnet.gc.collections");
        Assert.Contains(metrics, metric => metric.Name == "http.server.request.duration");

        SeenPoint Last(string name, string attribute, string value, string? type = null) => seen
            .Where(metric => metric.Name == name)
            .SelectMany(metric => metric.Points)
            .Last(point => point.Attribute(attribute) == value
                && (type is null || point.Attribute(ResonanceTelemetry.WorkflowTypeTag) == type));
    }

    void AssertLogs(OtlpReceiver receiver)
    {
        // The attempt that is not answered says so, and where in the trace that was.
        var log = Assert.Single(receiver.Logs, log => log.EventName == "WorkerLeftUnanswered");
        var span = Assert.Single(receiver.Spans, span => span.SpanId == log.SpanId);
        Assert.Equal(_order.TraceId, log.TraceId);
        Assert.Equal("work AssessCard", span.Name);
        Assert.Equal("silent", span.Attribute("resonance.worker.outcome"));
        Assert.Equal("AssessCard", log.Attributes["Command"]);
        Assert.Equal($"AssessCard {_order.PaymentId:N}/AssessCard/1 is left unanswered.", log.Body);
        Assert.DoesNotContain(receiver.Logs, record => record.Body.Contains("tok_", StringComparison.Ordinal));
    }
}
