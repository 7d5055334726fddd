using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Steps;

/// <summary>Reads instances; loads that are wanted at the same moment travel as one query.</summary>
sealed class InstanceLoader
{
    const int MostPerQuery = 500;

    readonly InstanceCache _cache;
    readonly StorePatience _patience;
    readonly IWorkflowStore _store;
    readonly GroupRunner<Load> _runner;

    public InstanceLoader(IWorkflowStore store, InstanceCache cache, StorePatience patience)
    {
        _store = store;
        _cache = cache;
        _patience = patience;
        _runner = new GroupRunner<Load>(MostPerQuery, RunAsync);
    }

    /// <returns>The row; null when there is none.</returns>
    public Task<WorkflowRow?> LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        var cached = _cache.Find(id);
        ResonanceMetrics.LookedUp(found: cached is not null);
        if (cached is not null)
            return Task.FromResult<WorkflowRow?>(cached);

        var load = new Load(id, cancellationToken);
        _runner.Add(load);
        return load.Answer.Task;
    }

    async Task RunAsync(List<Load> group)
    {
        try
        {
            var ids = group.Select(load => load.Id).Distinct().ToArray();
            var rows = await _patience.CallAsync(() => _store.LoadAsync(ids, group[0].Cancellation), group[0].Cancellation);
            foreach (var load in group)
                load.Answer.SetResult(rows.GetValueOrDefault(load.Id));
        }
        catch (Exception exception)
        {
            // The runner outlives every failure; whoever waits gets it.
            foreach (var load in group)
                load.Answer.TrySetException(exception);
        }
    }

    sealed record Load(Guid Id, CancellationToken Cancellation)
    {
        public TaskCompletionSource<WorkflowRow?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
