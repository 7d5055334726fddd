using Resonance.AcceptanceTests.Support;
using Resonance.Engine.Steps;
using Xunit;

namespace Resonance.AcceptanceTests.Telemetry;

[Collection("Telemetry")]
public sealed class A_trace_goes_on_after_a_restart
{
    [Fact]
    public async Task When_the_process_died_with_a_step_committed_and_nothing_sent()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        var order = new OrderForm();
        await using var receiver = await OtlpReceiver.StartAsync(cancellationToken);
        using var directory = new TestDirectory();
        var settings = receiver.From(HostSettings.Embedded(directory), "grpc");

        await using (var first = await HostProcess.StartAsync(
            settings.WithFault(nameof(StepPoint.AfterCommit), nth: 2), cancellationToken))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/workflows/order")
            {
                Content = new StringContent(order.ToJson(), System.Text.Encoding.UTF8, "application/json"),
                Headers = { { "traceparent", $"00-{trace}-b7ad6b7169203331-01" } },
            };
            using var response = await first.Client.SendAsync(request, cancellationToken);
            Assert.Equal(137, await first.WaitForExitAsync(cancellationToken));
        }

        await using var second = await HostProcess.StartAsync(settings, cancellationToken);
        var api = new WorkflowApi(second.Client);
        var completed = await api.SeeAsync(order.OrderId, "COMPLETED", cancellationToken);
        var history = await api.HistoryAsync(order.OrderId, cancellationToken);
        Assert.Equal(0, await second.StopAsync(cancellationToken));

        Assert.Equal(trace, completed.TraceId);
        Assert.All(history, step => Assert.Equal(trace, step.TraceId));
        var spans = receiver.Spans.Where(
            span => span.TraceId == trace && span.Process.EndsWith($"/{second.ProcessId}", StringComparison.Ordinal)).ToArray();
        Assert.Contains(spans, span => span.Name == "step order" && span.Attribute("resonance.state.to") == "Completed");
        Assert.DoesNotContain(receiver.Spans, span => span.TraceId != trace && span.Kind is (SeenKind.Consumer or SeenKind.Producer));
    }
}
