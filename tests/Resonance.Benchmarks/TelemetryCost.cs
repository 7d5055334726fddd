using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Resonance.Engine.Telemetry;
using Resonance.Host;

namespace Resonance.Benchmarks;

/// <summary>What it costs to be watched.</summary>
/// <param name="Rounds">Every round, in the order in which they ran.</param>
/// <param name="Medians">The median of each share of traced workflows; the first one is without any telemetry.</param>
/// <param name="SpansPerWorkflow">Of a workflow that is traced.</param>
/// <param name="MegabytesSent">In all rounds.</param>
sealed record TelemetryResult(
    IReadOnlyList<ThroughputRound> Rounds, IReadOnlyList<ThroughputRound> Medians, double SpansPerWorkflow, double MegabytesSent);

/// <summary>
/// As many workflows as go: with nothing exported, with metrics and a tenth of the traces, with metrics and all traces, in turns.
/// </summary>
static class TelemetryCost
{
    const int DefaultWorkflows = 5_000;

    static readonly (string Name, double Share)[] Shares = [("off", 0), ("10 %", 0.1), ("100 %", 1)];

    public static async Task<TelemetryResult> MeasureAsync(
        Variant variant, string broker, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var workflows = options.Workflows ?? DefaultWorkflows;

        // As in every process of the host: trace ids run through all messages, whether anything is exported or not.
        using var ids = TraceIds.Listen();
        await using var sink = await OtlpSink.StartAsync(cancellationToken);
        foreach (var (_, share) in Shares)
            await RoundAsync(share);

        var rounds = new List<ThroughputRound>();
        var spans = 0L;
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var (name, share) in Shares)
            {
                var (load, made) = await RoundAsync(share);
                rounds.Add(Throughput.Figures(name, round, load));
                if (share == 1)
                    spans += made;
            }
        }

        var sent = await sink.StopAsync(cancellationToken);
        return new TelemetryResult(
            rounds, [.. Shares.Select(share => Throughput.Median(share.Name, rounds))],
            (double)spans / (workflows * options.Rounds), sent / 1e6);

        async Task<(LoadResult Load, long Spans)> RoundAsync(double share)
        {
            if (share == 0)
                return (await Load.RunAsync(variant, workflows, options.InFlight, cancellationToken), 0);

            using var count = new SpanCount();
            var load = await RunTracedAsync(
                share, sink, broker, () => Load.RunAsync(variant, workflows, options.InFlight, cancellationToken), count);
            return (load, count.Value);
        }
    }

    /// <summary>Runs while metrics and a share of the traces are exported.</summary>
    public static async Task<T> RunTracedAsync<T>(
        double share, OtlpSink sink, string broker, Func<Task<T>> run, BaseProcessor<Activity>? processor = null)
    {
        var traces = Sdk.CreateTracerProviderBuilder()
            .AddResonance(new ParentBasedSampler(new TraceIdRatioBasedSampler(share)), broker)
            .AddOtlpExporter(exporter => To(exporter, sink, "v1/traces"));
        using var tracing = (processor is null ? traces : traces.AddProcessor(processor)).Build();
        using var metrics = Sdk.CreateMeterProviderBuilder()
            .AddResonance()
            .AddOtlpExporter(exporter => To(exporter, sink, "v1/metrics"))
            .Build();
        return await run();
    }

    static void To(OtlpExporterOptions exporter, OtlpSink sink, string path)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(sink.Address, path);
    }

    sealed class SpanCount : BaseProcessor<Activity>
    {
        long _value;

        public long Value => Interlocked.Read(ref _value);

        public override void OnEnd(Activity data)
        {
            if (data.Recorded)
                Interlocked.Increment(ref _value);
        }
    }
}
