using System.Collections.Concurrent;

namespace Resonance.Benchmarks;

/// <summary>Knows the workflows that are under way, and times each from its submission to its completed event.</summary>
sealed class Completions
{
    readonly ConcurrentDictionary<Guid, Waiting> _underWay = new();

    /// <summary>Starts a workflow's clock; the task ends with its latency.</summary>
    public Task<TimeSpan> Begin(Guid id)
    {
        var waiting = new Waiting(TimeProvider.System.GetTimestamp());
        _underWay[id] = waiting;
        return waiting.Latency.Task;
    }

    /// <summary>Stops a workflow's clock; an event that is delivered again finds it stopped.</summary>
    public void Completed(Guid id)
    {
        if (_underWay.TryRemove(id, out var waiting))
            waiting.Latency.SetResult(TimeProvider.System.GetElapsedTime(waiting.Began));
    }

    sealed record Waiting(long Began)
    {
        public TaskCompletionSource<TimeSpan> Latency { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
