using Microsoft.Extensions.DependencyInjection;

namespace Resonance.Tests.Audit;

/// <summary>Empty databases of the engine and of the audit, and the way to change them as their owner would.</summary>
public abstract class AuditStores : IAsyncDisposable
{
    /// <summary>Adds the engine's store and the audit on it. The clock and the options of the checkpoints are there already.</summary>
    public abstract Task AddAsync(IServiceCollection services, CancellationToken cancellationToken);

    /// <summary>Does away with everything that keeps rows from being changed.</summary>
    public abstract Task DropGuardsAsync(CancellationToken cancellationToken);

    /// <summary>Runs statements in the engine's database, as its owner.</summary>
    public abstract Task ChangeJournalAsync(string sql, CancellationToken cancellationToken);

    /// <summary>Runs statements in the audit's database, as its owner.</summary>
    public abstract Task ChangeLedgerAsync(string sql, CancellationToken cancellationToken);

    /// <summary>Bytes as they are written in SQL.</summary>
    public abstract string Literal(byte[] bytes);

    /// <summary>A time of the journal as it is written in SQL.</summary>
    public abstract string Literal(DateTimeOffset time);

    public abstract ValueTask DisposeAsync();
}
