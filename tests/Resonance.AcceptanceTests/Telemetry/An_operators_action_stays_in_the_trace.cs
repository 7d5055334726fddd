using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Telemetry;

[Collection("Telemetry")]
public sealed class An_operators_action_stays_in_the_trace
{
    [Fact]
    public async Task Of_the_instance_and_links_to_the_request()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var receiver = await OtlpReceiver.StartAsync(cancellationToken);
        using var directory = new TestDirectory();
        await using var host = await HostProcess.StartAsync(
            receiver.From(HostSettings.Embedded(directory), "grpc"), cancellationToken);
        var api = new WorkflowApi(host.Client);
        var payment = await api.StartAsync(new PaymentForm { CardToken = "tok_review" }, cancellationToken);
        await api.SeeAsync(payment.Id, "SUSPENDED", cancellationToken);

        await api.ActAsync(payment.Id, "resume", "called the customer", cancellationToken);

        var completed = await api.SeeAsync(payment.Id, "COMPLETED", cancellationToken);
        var history = await api.HistoryAsync(payment.Id, cancellationToken);
        Assert.Equal(0, await host.StopAsync(cancellationToken));
        Assert.All(history, step => Assert.Equal(completed.TraceId, step.TraceId));

        var trace = receiver.Spans.Where(span => span.TraceId == completed.TraceId).ToArray();
        var request = Assert.Single(receiver.Spans, span => span.Name == "POST /api/workflows/{id:guid}/actions/{action}");
        var action = Assert.Single(trace, span => span.Name == "operator resume");
        Assert.Equal([$"{request.TraceId}/{request.SpanId}"], action.Links);

        // It stands below the step that suspended the instance, and above the one that goes on.
        var before = Assert.Single(trace, span => span.SpanId == action.ParentId);
        Assert.Contains(before.Events, told => told.Name == "resonance.suspended");
        var sent = Assert.Single(trace, span => span.ParentId == action.SpanId);
        var received = Assert.Single(trace, span => span.ParentId == sent.SpanId);
        var after = Assert.Single(trace, span => span.ParentId == received.SpanId);
        Assert.Contains(after.Events, told => told.Name == "resonance.operator.action" && told.Attribute("resonance.action") == "resume");
        Assert.DoesNotContain(
            receiver.Spans.SelectMany(span => span.Attributes.Values).OfType<string>(),
            text => text.Contains("customer", StringComparison.Ordinal));
    }
}
