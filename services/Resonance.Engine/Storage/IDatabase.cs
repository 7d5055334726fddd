using System.Data.Common;

namespace Resonance.Engine.Storage;

/// <summary>The configured database, for a worker's own tables: SQL that Postgres and SQLite both understand, in one transaction.</summary>
/// <remarks>Parameters are written <c>@name</c>; ids are stored as text, so that one statement serves both.</remarks>
public interface IDatabase
{
    /// <summary>Runs the work in a transaction and commits it; an exception rolls it back.</summary>
    /// <param name="work">Given an open connection with the transaction begun. Commands must carry <c>connection.CreateCommand()</c>'s transaction.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    Task<TResult> TransactAsync<TResult>(
        Func<DbConnection, DbTransaction, CancellationToken, Task<TResult>> work, CancellationToken cancellationToken);

    /// <summary>Runs numbered SQL scripts embedded in an assembly that have not run yet, guarded against other processes.</summary>
    /// <param name="assembly">Holds the scripts as resources.</param>
    /// <param name="folder">Resource name prefix, e.g. <c>Resonance.Workflows.Sql</c>; scripts run in the order of their names.</param>
    /// <param name="cancellationToken">Stops between scripts.</param>
    Task MigrateAsync(System.Reflection.Assembly assembly, string folder, CancellationToken cancellationToken);
}
