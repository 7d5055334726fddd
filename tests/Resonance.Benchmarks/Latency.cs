namespace Resonance.Benchmarks;

/// <summary>What an idle system does with one workflow at a time, in milliseconds from submission to completed event.</summary>
/// <param name="Variants">Every variant.</param>
/// <param name="FourCommitsP50Ms">Four bare commits of a single row, one after the other.</param>
/// <param name="BoundMs">What the first variant's median may be: the second's and 1.25 times four commits.</param>
sealed record LatencyResult(IReadOnlyList<VariantLatency> Variants, double FourCommitsP50Ms, double BoundMs);

/// <summary>One variant.</summary>
sealed record VariantLatency(string Variant, double P50Ms, double P99Ms);

/// <summary>One workflow at a time, the variants and the bare commits in turns.</summary>
static class Latency
{
    const int DefaultWorkflows = 300;
    const int WarmUpUnderLoad = 3_000;
    const int WarmUp = 50;
    const double AllowedCommits = 1.25;

    public static async Task<LatencyResult> MeasureAsync(
        Variant first, Variant second, BenchmarkDatabase database, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        Variant[] variants = [first, second];

        // Until code is compiled for speed, under load because that takes thousands of calls; then until the queues are still again.
        foreach (var variant in variants)
        {
            await Load.RunAsync(variant, WarmUpUnderLoad, options.InFlight, cancellationToken);
            await Load.RunAsync(variant, WarmUp, inFlight: 1, cancellationToken);
        }

        await database.TimeCommitsAsync(WarmUp, Throughput.TransitionsPerWorkflow, cancellationToken);

        var perRound = Math.Max(1, (options.Workflows ?? DefaultWorkflows) / options.Rounds);
        var latencies = variants.ToDictionary(variant => variant.Name, _ => new List<TimeSpan>());
        var commits = new List<TimeSpan>();
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var variant in variants)
                latencies[variant.Name].AddRange((await Load.RunAsync(variant, perRound, inFlight: 1, cancellationToken)).Latencies);
            commits.AddRange(await database.TimeCommitsAsync(perRound, Throughput.TransitionsPerWorkflow, cancellationToken));
        }

        var results = variants.Select(variant => new VariantLatency(
            variant.Name, latencies[variant.Name].Order().ToArray().Percentile(50).TotalMilliseconds,
            latencies[variant.Name].Order().ToArray().Percentile(99).TotalMilliseconds)).ToArray();
        var fourCommits = commits.Order().ToArray().Percentile(50).TotalMilliseconds;
        return new LatencyResult(results, fourCommits, results[1].P50Ms + AllowedCommits * fourCommits);
    }
}
