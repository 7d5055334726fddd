using MassTransit;

namespace Resonance.Benchmarks;

/// <summary>What one round of load took.</summary>
/// <param name="Workflows">Workflows that completed: all that were submitted.</param>
/// <param name="Elapsed">From the first submission to the last completed event.</param>
/// <param name="Cpu">Processor time of this process meanwhile, user and system; the servers' own is not in it.</param>
/// <param name="Allocated">Bytes that this process allocated meanwhile.</param>
/// <param name="Latencies">From submission to completed event, shortest first.</param>
sealed record LoadResult(int Workflows, TimeSpan Elapsed, TimeSpan Cpu, long Allocated, TimeSpan[] Latencies);

/// <summary>Submits workflows to a variant and waits for their ends.</summary>
static class Load
{
    /// <summary>Longer than anything here should take; a workflow that is not done by then is lost.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Keeps up to so many workflows under way until all are done. One at a time is the measure of an idle system.</summary>
    public static async Task<LoadResult> RunAsync(Variant variant, int workflows, int inFlight, CancellationToken cancellationToken)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var began = TimeProvider.System.GetTimestamp();
        var latencies = new TimeSpan[workflows];
        var next = -1;

        async Task RunOneAfterTheOtherAsync()
        {
            for (var index = Interlocked.Increment(ref next); index < workflows; index = Interlocked.Increment(ref next))
                latencies[index] = await RunOneAsync(variant, cancellationToken);
        }

        await Task.WhenAll(Enumerable.Range(0, Math.Min(inFlight, workflows)).Select(_ => RunOneAfterTheOtherAsync()));
        var elapsed = TimeProvider.System.GetElapsedTime(began);
        var result = new LoadResult(
            workflows, elapsed, Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes() - allocated, latencies);
        Array.Sort(latencies);
        return result;
    }

    static async Task<TimeSpan> RunOneAsync(Variant variant, CancellationToken cancellationToken)
    {
        var id = NewId.NextGuid();
        var completed = variant.Completions.Begin(id);
        await variant.SubmitAsync(id, cancellationToken);
        try
        {
            return await completed.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Workflow {id} of '{variant.Name}' did not complete within {Patience}.");
        }
    }
}
