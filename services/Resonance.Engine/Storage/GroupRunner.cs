using System.Collections.Concurrent;
using System.Diagnostics;

namespace Resonance.Engine.Storage;

/// <summary>Runs what arrives in groups: while one group runs, the next one gathers. Nothing ever waits for a group to fill.</summary>
/// <param name="most">Largest group.</param>
/// <param name="run">Handles one group and must not throw.</param>
sealed class GroupRunner<T>(int most, Func<List<T>, Task> run)
{
    readonly ConcurrentQueue<T> _waiting = new();
    int _running;

    public void Add(T item)
    {
        _waiting.Enqueue(item);

        // The one who finds the runner idle runs the group itself: a lone item pays for no hand-off between threads.
        if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
            _ = RunAsync();
    }

    async Task RunAsync()
    {
        // What runs here is for many, and goes on when the one who happened to start it has long ended: it is in nobody's trace.
        Activity.Current = null;
        do
        {
            while (Take() is { Count: > 0 } group)
                await run(group);
            Volatile.Write(ref _running, 0);

            // An item that arrived between the last look and the line above found the runner busy; it is ours.
        } while (!_waiting.IsEmpty && Interlocked.CompareExchange(ref _running, 1, 0) == 0);
    }

    List<T> Take()
    {
        var group = new List<T>(Math.Min(most, _waiting.Count));
        while (group.Count < most && _waiting.TryDequeue(out var item))
            group.Add(item);
        return group;
    }
}
