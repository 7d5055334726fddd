using System.Collections.Concurrent;

namespace Resonance.Engine.Queues;

/// <summary>The work queues of the configured store.</summary>
public sealed class WorkQueues
{
    readonly ConcurrentDictionary<string, WorkQueue> _open = new(StringComparer.Ordinal);
    readonly WorkSignals _signals;
    readonly TimeProvider _time;

    internal WorkQueues(IWorkQueueStore store, WorkSignals signals, TimeProvider time)
    {
        Store = store;
        _signals = signals;
        _time = time;
    }

    /// <summary>What operators do and see.</summary>
    public IWorkQueueStore Store { get; }

    /// <summary>The queue of this name. One that was never declared has the settings of <see cref="WorkQueueSettings"/> as they are unless set.</summary>
    /// <param name="name">1 to 64 letters and digits of ASCII, hyphens, underscores, points and colons.</param>
    /// <exception cref="ArgumentException">The name is none.</exception>
    public WorkQueue Open(string name) => _open.GetOrAdd(name, given => new WorkQueue(given, Store, _signals, _time));
}
