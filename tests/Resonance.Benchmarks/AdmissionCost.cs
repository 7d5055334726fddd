namespace Resonance.Benchmarks;

/// <summary>What it costs to be admitted.</summary>
/// <param name="Rounds">Every round, in the order in which they ran.</param>
/// <param name="Medians">The median of each variant; the first one is without admission.</param>
sealed record AdmissionResult(IReadOnlyList<ThroughputRound> Rounds, IReadOnlyList<ThroughputRound> Medians);

/// <summary>As many workflows as go: as they are, and one after the other for each customer, in turns.</summary>
static class AdmissionCost
{
    const int DefaultWorkflows = 5_000;

    public static async Task<AdmissionResult> MeasureAsync(
        Variant plain, Variant admitted, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var workflows = options.Workflows ?? DefaultWorkflows;
        Variant[] variants = [plain, admitted];
        foreach (var variant in variants)
            await Load.RunAsync(variant, workflows, options.InFlight, cancellationToken);

        var rounds = new List<ThroughputRound>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var variant in variants)
            {
                rounds.Add(Throughput.Figures(
                    variant.Name, round, await Load.RunAsync(variant, workflows, options.InFlight, cancellationToken)));
            }
        }

        return new AdmissionResult(rounds, [.. variants.Select(variant => Throughput.Median(variant.Name, rounds))]);
    }
}
