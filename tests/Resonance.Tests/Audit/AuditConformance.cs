using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Tests.Engine.Schedules;
using Resonance.Tests.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Audit;

/// <summary>A journal, its ledger and its checkpoints, on any store; a class a suite derives from it.</summary>
public abstract class AuditConformance(AuditStores stores) : IAsyncLifetime
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    readonly SettableClock _clock = new(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-audit-");
    readonly HashSet<(Guid, long)> _witnessed = [];
    ServiceProvider _services = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected AuditStores Stores => stores;

    private protected SettableClock Clock => _clock;

    protected IServiceProvider Services => _services;

    protected string ExportFolder => Path.Combine(_folder.FullName, "checkpoints");

    protected string KeyPath => Path.Combine(_folder.FullName, "audit.key");

    private protected AuditDatabase Ledger => _services.GetRequiredService<AuditDatabase>();

    private protected JournalScan Journal => _services.GetRequiredService<JournalScan>();

    private protected IWorkflowStore Store => _services.GetRequiredService<IWorkflowStore>();

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(_clock)
            .AddSingleton(new WorkflowCatalog([]))
            .AddSingleton(new CheckpointOptions { DataDirectory = _folder.FullName });
        services.AddCheckpointer();
        await stores.AddAsync(services, Cancel);
        _services = services.BuildServiceProvider();
        await Store.MigrateAsync(Cancel);
        await Ledger.MigrateAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _services.DisposeAsync();
        await stores.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A process of the audit of its own, as one that was started anew.</summary>
    private protected Checkpointer NewCheckpointer() => ActivatorUtilities.CreateInstance<Checkpointer>(_services);

    /// <summary>Instances with so many steps each, written and witnessed step by step: the instances' steps alternate in the ledger.</summary>
    private protected async Task<IReadOnlyList<SampleInstance>> WriteHistoryAsync(int instances, int steps)
    {
        var written = Enumerable.Range(1, instances).Select(number => new SampleInstance($"ORDER-{number}")).ToArray();
        for (var step = 0; step < steps; step++)
            await StepAsync(written);
        await WitnessAsync();
        return written;
    }

    /// <summary>One more step of each.</summary>
    private protected async Task StepAsync(params SampleInstance[] instances)
    {
        var commits = instances.Select(Next).ToArray();
        var results = await Store.CommitAsync(commits, Lease, Cancel);
        Assert.All(results, result => Assert.Equal(StepOutcome.Committed, result.Outcome));
        foreach (var (instance, commit) in instances.Zip(commits))
            instance.Advance(commit);
    }

    /// <summary>Appends to the ledger what it does not have, step by step.</summary>
    private protected async Task WitnessAsync()
    {
        var steps = await Journal.ReadPeriodAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, Cancel).ToListAsync(Cancel);
        var fresh = steps.Where(step => !_witnessed.Contains((step.Row.WorkflowId, step.Row.Sequence)))
            .OrderBy(step => step.Row.Sequence).ThenBy(step => step.Row.WorkflowId)
            .Select(step => StepSummary.Of(step.Type, step.Key, step.Row))
            .ToList();
        await _services.GetRequiredService<LedgerStore>().AppendAsync(fresh, StepSource.Message, Cancel);
        _witnessed.UnionWith(fresh.Select(step => (step.WorkflowId, step.Sequence)));
    }

    /// <summary>Appends again what somebody has taken out of the ledger, in the order of the instances' ids.</summary>
    private protected async Task WitnessAnewAsync()
    {
        var steps = await Journal.ReadPeriodAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, Cancel).ToListAsync(Cancel);
        var all = steps.OrderBy(step => step.Row.WorkflowId).ThenBy(step => step.Row.Sequence)
            .Select(step => StepSummary.Of(step.Type, step.Key, step.Row)).ToList();
        await _services.GetRequiredService<LedgerStore>().AppendAsync(all, StepSource.Journal, Cancel);
    }

    static StepCommit Next(SampleInstance instance) => instance.Next(
        data: $$$"""{"total":{{{instance.Row.Version}}}.50,"$engine":{"status":"running"}}""",
        entries: $$"""[{"kind":"stateChanged","from":"{{instance.Row.State}}","to":"Processing"},{"kind":"recovered","how":"{{instance.Row.Version}}"}]""");
}
