using System.Data.Common;
using System.Reflection;

namespace Resonance.Engine.Storage.Postgres;

/// <summary>Workers' SQL on Postgres, over the same pool and under the same role as the engine's.</summary>
sealed class PostgresDatabase(PostgresConnections connections, PostgresMigration migration) : IDatabase
{
    public async Task<TResult> TransactAsync<TResult>(
        Func<DbConnection, DbTransaction, CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var result = await work(connection, transaction, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return result;
    }

    public Task MigrateAsync(Assembly assembly, string folder, CancellationToken cancellationToken) =>
        migration.RunAsync(assembly, folder, cancellationToken);
}
