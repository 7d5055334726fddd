using Resonance.Engine.Telemetry;

namespace Resonance.Benchmarks;

/// <summary>What it costs to be witnessed.</summary>
/// <param name="Rounds">Every round, in the order in which they ran.</param>
/// <param name="Medians">The median of each variant; the first one is without the audit.</param>
sealed record AuditResult(IReadOnlyList<ThroughputRound> Rounds, IReadOnlyList<ThroughputRound> Medians);

/// <summary>As many workflows as go: without the audit, with it, and with it and a tenth of the traces exported, in turns.</summary>
static class AuditCost
{
    const int DefaultWorkflows = 5_000;
    const double Traced = 0.1;

    public static async Task<AuditResult> MeasureAsync(
        Variant plain, Variant audited, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var workflows = options.Workflows ?? DefaultWorkflows;
        using var ids = TraceIds.Listen();
        await using var sink = await OtlpSink.StartAsync(cancellationToken);
        (string Name, Func<Task<LoadResult>> Run)[] variants =
        [
            (plain.Name, () => Load.RunAsync(plain, workflows, options.InFlight, cancellationToken)),
            (audited.Name, () => Load.RunAsync(audited, workflows, options.InFlight, cancellationToken)),
            ("audited, 10 % traced", () => TelemetryCost.RunTracedAsync(
                Traced, sink, "rabbitmq", () => Load.RunAsync(audited, workflows, options.InFlight, cancellationToken))),
        ];
        foreach (var (_, run) in variants)
            await run();

        var rounds = new List<ThroughputRound>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var (name, run) in variants)
                rounds.Add(Throughput.Figures(name, round, await run()));
        }

        await sink.StopAsync(cancellationToken);
        return new AuditResult(rounds, [.. variants.Select(variant => Throughput.Median(variant.Name, rounds))]);
    }
}
