using System.Collections.Concurrent;

namespace Resonance.Engine.Queues;

/// <summary>Tells those who wait at a queue that something may be there for them.</summary>
/// <remarks>A signal is a hint and may come for nothing. Whoever waits looks at the store after he has begun to listen, and so misses none.</remarks>
class WorkSignals
{
    readonly ConcurrentDictionary<string, TaskCompletionSource> _next = new(StringComparer.Ordinal);

    /// <summary>Done when the queue is told of the next time.</summary>
    public virtual Task ListenAsync(string queue) =>
        _next.GetOrAdd(queue, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Something was put into the queue, or left it and made room.</summary>
    public virtual void Tell(string queue) => Wake(queue);

    /// <summary>As <see cref="Tell"/>, for what those in this process see to themselves.</summary>
    public void TellHere(string queue) => Wake(queue);

    protected void Wake(string queue)
    {
        if (_next.TryRemove(queue, out var waiting))
            waiting.TrySetResult();
    }

    protected void WakeAll()
    {
        foreach (var queue in _next.Keys)
            Wake(queue);
    }
}
