namespace Resonance.Benchmarks;

/// <summary>One tenth of the run: medians of what was seen in it.</summary>
/// <param name="Workflows">Workflows that had run by its end.</param>
/// <param name="HeapMb">Managed memory that survives a full collection.</param>
/// <param name="WorkingSetMb">What the operating system gives the process.</param>
sealed record MemorySample(int Workflows, double HeapMb, double WorkingSetMb);

/// <summary>What many workflows leave behind in the process.</summary>
/// <param name="Tenths">Ten samples.</param>
/// <param name="HeapGrowth">Last tenth over second tenth; the first warms up.</param>
/// <param name="WorkingSetGrowth">Likewise.</param>
/// <param name="Flat">Neither grew by more than a tenth.</param>
sealed record MemoryResult(IReadOnlyList<MemorySample> Tenths, double HeapGrowth, double WorkingSetGrowth, bool Flat);

/// <summary>Runs many workflows through one process and looks at its memory on the way.</summary>
static class MemoryUse
{
    const int DefaultWorkflows = 100_000;
    const int SamplesPerTenth = 5;
    const double AllowedGrowth = 1.1;

    public static async Task<MemoryResult> MeasureAsync(Variant variant, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var perSample = Math.Max(1, (options.Workflows ?? DefaultWorkflows) / (10 * SamplesPerTenth));
        var tenths = new List<MemorySample>();
        for (var tenth = 1; tenth <= 10; tenth++)
        {
            var samples = new List<MemorySample>();
            while (samples.Count < SamplesPerTenth)
            {
                await Load.RunAsync(variant, perSample, options.InFlight, cancellationToken);
                samples.Add(Sample());
            }

            tenths.Add(new MemorySample(
                tenth * SamplesPerTenth * perSample, samples.Select(sample => sample.HeapMb).Median(),
                samples.Select(sample => sample.WorkingSetMb).Median()));
        }

        var heap = tenths[^1].HeapMb / tenths[1].HeapMb;
        var workingSet = tenths[^1].WorkingSetMb / tenths[1].WorkingSetMb;
        return new MemoryResult(tenths, heap, workingSet, heap <= AllowedGrowth && workingSet <= AllowedGrowth);
    }

    static MemorySample Sample()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return new MemorySample(0, GC.GetTotalMemory(forceFullCollection: false) / 1048576.0, Environment.WorkingSet / 1048576.0);
    }
}
