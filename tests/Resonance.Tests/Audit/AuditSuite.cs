using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Audit.Ledger;
using Resonance.Contracts.Audit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Audit;

/// <summary>The engine's store and the audit's database, both real and empty at first; a class a store derives from each suite.</summary>
public abstract class AuditSuite : IAsyncLifetime
{
    ServiceProvider _provider = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected FakeTimeProvider Clock { get; } = new(StepHistories.Epoch);

    private protected IWorkflowStore Store => Of<IWorkflowStore>();

    private protected AuditDatabase Database => Of<AuditDatabase>();

    private protected LedgerStore Ledger => Of<LedgerStore>();

    /// <summary>Adds both stores, with empty databases.</summary>
    protected abstract Task AddStoresAsync(IServiceCollection services);

    protected abstract ValueTask RemoveStoresAsync();

    public async ValueTask InitializeAsync()
    {
        var services = new ServiceCollection().AddSingleton(new WorkflowCatalog([])).AddSingleton<TimeProvider>(Clock).AddLogging();
        await AddStoresAsync(services);
        _provider = services.BuildServiceProvider();
        await Store.MigrateAsync(Cancel);
        await Database.MigrateAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _provider.DisposeAsync();
        await RemoveStoresAsync();
    }

    private protected TService Of<TService>() where TService : notnull => _provider.GetRequiredService<TService>();

    /// <summary>Has an engine take the steps: each instance's in their order.</summary>
    /// <returns>The steps as the engine tells of them.</returns>
    private protected Task<IReadOnlyList<CommittedStep>> CommitAsync(IReadOnlyList<CommittedStep> history) =>
        StoredSteps.CommitAsync(Store, history, Cancel);

    private protected Task<int> ExecuteAsync(string sql) =>
        Database.WriteAsync((session, token) => session.ExecuteAsync(new StoreText(sql), token), Cancel);
}
