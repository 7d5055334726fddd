namespace Resonance.Benchmarks;

/// <summary>One round of one variant.</summary>
sealed record ThroughputRound(
    string Variant, int Round, double WorkflowsPerSecond, double TransitionsPerSecond, double CpuMsPerTransition,
    double AllocatedKbPerTransition, double LatencyP50Ms, double LatencyP99Ms);

/// <summary>What a loaded system does.</summary>
/// <param name="Rounds">Every round, in the order in which they ran.</param>
/// <param name="Medians">One line a variant: the median of its rounds, figure by figure.</param>
/// <param name="Ratio">Median workflows a second of the first variant over those of the second.</param>
/// <param name="TransactionsPerTransition">Database transactions of the first variant, housekeeping between the rounds included.</param>
/// <param name="StatementsPerTransition">Likewise; null when the server does not count them.</param>
sealed record ThroughputResult(
    IReadOnlyList<ThroughputRound> Rounds, IReadOnlyList<ThroughputRound> Medians, double Ratio, double TransactionsPerTransition,
    double? StatementsPerTransition);

/// <summary>As many workflows as go. The variants take turns, so that whatever else the machine does falls on both.</summary>
static class Throughput
{
    public const int TransitionsPerWorkflow = 4;

    const int DefaultWorkflows = 5_000;

    public static async Task<ThroughputResult> MeasureAsync(
        Variant first, Variant second, BenchmarkDatabase database, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var workflows = options.Workflows ?? DefaultWorkflows;
        Variant[] variants = [first, second];

        // Until code is compiled for speed, statements are prepared and pools are filled.
        foreach (var variant in variants)
            await Load.RunAsync(variant, workflows, options.InFlight, cancellationToken);

        var before = await database.CountersAsync(cancellationToken);
        var rounds = new List<ThroughputRound>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var variant in variants)
                rounds.Add(Figures(variant.Name, round, await Load.RunAsync(variant, workflows, options.InFlight, cancellationToken)));
        }

        var after = await database.CountersAsync(cancellationToken);
        double transitions = workflows * options.Rounds * TransitionsPerWorkflow;
        var medians = variants.Select(variant => Median(variant.Name, rounds)).ToArray();
        return new ThroughputResult(
            rounds, medians, medians[0].WorkflowsPerSecond / medians[1].WorkflowsPerSecond,
            (after.Transactions - before.Transactions) / transitions, (after.Statements - before.Statements) / transitions);
    }

    public static ThroughputRound Figures(string variant, int round, LoadResult load)
    {
        double transitions = load.Workflows * TransitionsPerWorkflow;
        return new ThroughputRound(
            variant, round, load.Workflows / load.Elapsed.TotalSeconds, transitions / load.Elapsed.TotalSeconds,
            load.Cpu.TotalMilliseconds / transitions, load.Allocated / 1024.0 / transitions,
            load.Latencies.Percentile(50).TotalMilliseconds, load.Latencies.Percentile(99).TotalMilliseconds);
    }

    public static ThroughputRound Median(string variant, List<ThroughputRound> rounds)
    {
        return new ThroughputRound(
            variant, 0, Of(round => round.WorkflowsPerSecond), Of(round => round.TransitionsPerSecond),
            Of(round => round.CpuMsPerTransition), Of(round => round.AllocatedKbPerTransition), Of(round => round.LatencyP50Ms),
            Of(round => round.LatencyP99Ms));

        double Of(Func<ThroughputRound, double> figure) => rounds.Where(round => round.Variant == variant).Select(figure).Median();
    }
}
