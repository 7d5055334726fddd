using System.Data;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Storage.Postgres;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Audit.Ledger;

/// <summary>
/// The audit's own database: in Postgres a schema that only the audit's role may write, beside it a file of its own when the engine keeps
/// one. A database that is away surfaces as the driver's <see cref="DbException"/>.
/// </summary>
public sealed class AuditDatabase : IAsyncDisposable
{
    const string Scripts = "Resonance.Audit.Ledger";

    readonly PostgresConnections? _postgres;
    readonly SqliteConnections? _sqlite;
    readonly Func<CancellationToken, Task> _migrate;

    AuditDatabase(PostgresConnections? postgres, SqliteConnections? sqlite, Func<CancellationToken, Task> migrate)
    {
        _postgres = postgres;
        _sqlite = sqlite;
        _migrate = migrate;
    }

    /// <summary>In Postgres, in the schema <c>audit</c>.</summary>
    /// <param name="connectionString">The database that the engine's schema is in.</param>
    /// <param name="roles">The roles that meet there.</param>
    /// <param name="writes">Whether this process witnesses; when not, it works as the engine does, and only looks.</param>
    /// <param name="loggers">Where the connections log.</param>
    internal static AuditDatabase OnPostgres(string connectionString, AuditRoles roles, bool writes, ILoggerFactory loggers)
    {
        // The schema belongs to the audit, whoever brings it up.
        var owner = ConnectionsAs(roles.Own, roles.ToWriteArea());
        var migration = new PostgresMigration(owner, loggers.CreateLogger<PostgresMigration>());
        return new AuditDatabase(
            writes ? owner : ConnectionsAs(roles.Engine, roles.ToReadArea()),
            sqlite: null,
            cancellationToken => migration.RunAsync(typeof(AuditDatabase).Assembly, $"{Scripts}.Postgres", cancellationToken));

        PostgresConnections ConnectionsAs(string role, PostgresArea area) => new(
            new PostgresOptions { ConnectionString = connectionString, ApplicationRole = role, Area = area },
            loggers.CreateLogger<PostgresConnections>());
    }

    /// <summary>In a file of its own.</summary>
    internal static AuditDatabase OnSqlite(string connectionString, ILoggerFactory loggers)
    {
        var connections = new SqliteConnections(new SqliteOptions { ConnectionString = connectionString });
        var migration = new SqliteMigration(connections, loggers.CreateLogger<SqliteMigration>());
        return new AuditDatabase(
            postgres: null,
            connections,
            cancellationToken => migration.RunAsync(typeof(AuditDatabase).Assembly, $"{Scripts}.Sqlite", cancellationToken));
    }

    /// <summary>Brings the schema up to date; any number of processes may call it at once.</summary>
    public Task MigrateAsync(CancellationToken cancellationToken) => _migrate(cancellationToken);

    /// <summary>Runs the work in a transaction and commits it; an exception rolls it back.</summary>
    public async Task<T> WriteAsync<T>(Func<AuditSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (_sqlite is not null)
        {
            return await _sqlite.TransactAsync(
                session => work(new AuditSession(session.Connection, session.Transaction, postgres: false), cancellationToken), cancellationToken);
        }

        await using var connection = await _postgres!.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await work(new AuditSession(connection, transaction, postgres: true), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    /// <summary>Runs the work on what is committed, beside whoever writes; all of it sees the same moment.</summary>
    public async Task<T> ReadAsync<T>(Func<AuditSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (_sqlite is not null)
        {
            return await _sqlite.ReadAsync(
                async connection =>
                {
                    await using var snapshot = connection.BeginTransaction(deferred: true);
                    return await work(new AuditSession(connection, snapshot, postgres: false), cancellationToken);
                },
                cancellationToken);
        }

        await using var open = await _postgres!.OpenAsync(cancellationToken);
        await using var transaction = await open.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        return await work(new AuditSession(open, transaction, postgres: true), cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        if (_sqlite is not null)
            await _sqlite.DisposeAsync();
    }
}
