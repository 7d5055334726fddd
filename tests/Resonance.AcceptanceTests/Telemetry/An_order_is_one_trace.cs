using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Telemetry;

public sealed class An_order_is_one_trace
{
    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Dump(string protocol)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var receiver = await OtlpReceiver.StartAsync(cancellationToken);
        using var directory = new TestDirectory();
        await using var host = await HostProcess.StartAsync(
            receiver.From(HostSettings.Embedded(directory), protocol).With("Workflows__CardProvider", "00:00:00.5").With("Workflows__CardRetry", "00:00:00.2"), cancellationToken);
        var api = new WorkflowApi(host.Client);
        var order = new OrderForm { CustomerId = "noship-17", CardToken = "tok_timeout_once" };
        await api.StartAsync(order, cancellationToken);
        var seen = await api.SeeAsync(order.OrderId, "CANCELLED", cancellationToken);
        await host.StopAsync(cancellationToken);
        var all = receiver.Spans;
        var trace = all.Where(span => span.TraceId == seen.TraceId).ToArray();
        File.WriteAllText($"/tmp/obs_tree_{protocol[..4]}.txt", $"{trace.Length} of {all.Count}\n" + TraceTree.Draw(trace, "resonance.event", "resonance.state.to", "resonance.workflow.key")
            + "\n---- others\n" + string.Join("\n", all.Where(span => span.TraceId != seen.TraceId).GroupBy(s => s.Name + " " + s.Kind).Select(g => $"{g.Count()} {g.Key}"))
            + "\n----\n" + string.Join("\n", trace.Select(s => s.Name + ": " + string.Join(", ", s.Attributes.Select(a => $"{a.Key}={a.Value}"))))
            + "\n----\n" + string.Join("\n", receiver.Metrics.Select(m => $"{m.Scope} {m.Name} {m.Kind} {m.Unit}").Distinct())
            + "\n----\n" + string.Join("\n", receiver.Logs.Select(l => l.ToString() + string.Join(", ", l.Attributes))));
    }
}
