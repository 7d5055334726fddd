using System.Diagnostics;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Steps;

/// <summary>Commits steps in groups: those that are ready at the same moment share one transaction.</summary>
sealed class StepCommitter
{
    readonly IWorkflowStore _store;
    readonly StorePatience _patience;
    readonly StepNotices _notices;
    readonly DeliveryOptions _options;
    readonly GroupRunner<Pending> _runner;

    public StepCommitter(IWorkflowStore store, StorePatience patience, StepNotices notices, DeliveryOptions options)
    {
        _store = store;
        _patience = patience;
        _notices = notices;
        _options = options;
        _runner = new GroupRunner<Pending>(options.LargestGroup, RunAsync);
    }

    /// <summary>OpenTelemetry's name of the database.</summary>
    public string DatabaseName => _store.DatabaseName;

    /// <summary>Commits a step with those that are ready at the same moment.</summary>
    /// <param name="step">What is stored.</param>
    /// <param name="span">The span of its commit, which is told how large the group was.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<StepResult> CommitAsync(StepCommit step, Activity? span, CancellationToken cancellationToken)
    {
        var pending = new Pending(step, span, cancellationToken);
        _runner.Add(pending);
        return pending.Answer.Task;
    }

    async Task RunAsync(List<Pending> group)
    {
        // Two steps of one instance would race for the same version; the later one goes with the next group.
        var instances = new HashSet<Guid>();
        var first = new List<Pending>(group.Count);
        var later = new List<Pending>();
        foreach (var pending in group)
            (instances.Add(pending.Step.Workflow.Id) ? first : later).Add(pending);

        await CommitGroupAsync(first);
        if (later.Count > 0)
            await RunAsync(later);
    }

    async Task CommitGroupAsync(List<Pending> group)
    {
        var steps = group.ConvertAll(pending => pending.Step);
        var started = TimeProvider.System.GetTimestamp();
        foreach (var pending in group)
            pending.Span?.SetTag(ResonanceTelemetry.BatchTag, group.Count);
        try
        {
            var notice = _notices.Compose(steps);
            var result = await _patience.CallAsync(
                () => _store.CommitAsync(new StepGroup(steps, notice?.Row), _options.Lease, group[0].Cancellation), group[0].Cancellation);
            for (var index = 0; index < group.Count; index++)
                group[index].Answer.SetResult(result.Steps[index]);
            if (notice is not null)
                await _notices.TellAsync(steps, notice, result);
        }
        catch (Exception exception)
        {
            // The runner outlives every failure; whoever waits gets it.
            foreach (var pending in group)
                pending.Answer.TrySetException(exception);
        }

        ResonanceMetrics.GroupCommitted(group.Count, TimeProvider.System.GetElapsedTime(started));
    }

    sealed record Pending(StepCommit Step, Activity? Span, CancellationToken Cancellation)
    {
        public TaskCompletionSource<StepResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
