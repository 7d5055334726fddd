using Microsoft.Extensions.Hosting;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Operations;

/// <summary>A workflow that this process runs.</summary>
sealed record ServedWorkflow(string Type);

/// <summary>Instances of a workflow that could not go on in this build.</summary>
/// <param name="Type">The workflow.</param>
/// <param name="State">Their state, as on screen.</param>
/// <param name="Count">How many.</param>
/// <param name="Why">What is missing.</param>
/// <param name="Example">The key of one of them.</param>
public sealed record StrandedGroup(string Type, string State, int Count, string Why, string Example);

/// <summary>Compares the instances that have not ended with the machines of this build.</summary>
public sealed class UpgradeCheck
{
    const int PageSize = 500;
    static readonly string[] Live = [WorkflowStatus.Queued, WorkflowStatus.Running, WorkflowStatus.Suspended, WorkflowStatus.Compensating];

    readonly IWorkflowStore _store;
    readonly WorkflowCatalog _catalog;

    internal UpgradeCheck(IWorkflowStore store, WorkflowCatalog catalog)
    {
        _store = store;
        _catalog = catalog;
    }

    /// <summary>The instances that could not go on; none when all can. Only instances of another definition than this build's are read.</summary>
    /// <param name="types">The workflows to look at; null for all that this build knows.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    public async Task<IReadOnlyList<StrandedGroup>> FindAsync(IReadOnlyCollection<string>? types, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(string Type, string State, string Why), (int Count, string Example)>();
        foreach (var workflow in _catalog.All.Where(workflow => types is null || types.Contains(workflow.Type)))
        {
            foreach (var status in Live)
            {
                var scan = new WorkflowScan(status) { Type = workflow.Type, OtherThanHash = workflow.Hash };
                await foreach (var row in _store.ScanAllAsync(scan, PageSize, cancellationToken))
                {
                    if (row.Version == 0 || workflow.WhyStranded(row) is not { } why)
                        continue;
                    var group = (row.Type, StateNames.ToScreen(row.State), why);
                    found[group] = found.TryGetValue(group, out var before) ? (before.Count + 1, before.Example) : (1, row.Key);
                }
            }
        }

        return
        [
            .. found.Select(group => new StrandedGroup(group.Key.Type, group.Key.State, group.Value.Count, group.Key.Why, group.Value.Example))
                .OrderBy(group => group.Type, StringComparer.Ordinal).ThenBy(group => group.State, StringComparer.Ordinal)
                .ThenBy(group => group.Why, StringComparer.Ordinal),
        ];
    }
}

/// <summary>Refuses to run workflows whose live instances this build would strand.</summary>
sealed class UpgradeGuard(UpgradeCheck check, IEnumerable<ServedWorkflow> served) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var types = served.Select(workflow => workflow.Type).ToHashSet(StringComparer.Ordinal);
        if (types.Count > 0 && await check.FindAsync(types, cancellationToken) is { Count: > 0 } stranded)
            throw new WorkflowUpgradeException(stranded);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>This build would strand instances that have not ended.</summary>
public sealed class WorkflowUpgradeException(IReadOnlyList<StrandedGroup> stranded) : Exception(Tell(stranded))
{
    /// <summary>Which, and why.</summary>
    public IReadOnlyList<StrandedGroup> Stranded { get; } = stranded;

    static string Tell(IReadOnlyList<StrandedGroup> stranded) => string.Join(
        Environment.NewLine,
        [
            "Instances that have not ended could not go on in this build:",
            .. stranded.Select(group => $"- {group.Count} of workflow '{group.Type}' in {group.State} (e.g. {group.Example}): {group.Why}."),
            "Let the build before this one finish or cancel them, or keep what they need until they have ended.",
        ]);
}
