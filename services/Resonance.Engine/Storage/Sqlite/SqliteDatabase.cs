using System.Data.Common;
using System.Reflection;

namespace Resonance.Engine.Storage.Sqlite;

/// <summary>Workers' SQL on SQLite. It goes through the engine's one writer, so that the two never lock each other out.</summary>
/// <remarks>The engine writes nothing while the work runs: it must wait for nothing but the database.</remarks>
sealed class SqliteDatabase(SqliteConnections connections, SqliteMigration migration) : IDatabase
{
    public Task<TResult> TransactAsync<TResult>(
        Func<DbConnection, DbTransaction, CancellationToken, Task<TResult>> work, CancellationToken cancellationToken) =>
        connections.TransactAsync(session => work(session.Connection, session.Transaction!, cancellationToken), cancellationToken);

    public Task MigrateAsync(Assembly assembly, string folder, CancellationToken cancellationToken) =>
        migration.RunAsync(assembly, folder, cancellationToken);
}
