using Npgsql;
using NewId = MassTransit.NewId;

namespace Resonance.Benchmarks;

/// <summary>What a database has done so far.</summary>
/// <param name="Transactions">Committed and rolled back.</param>
/// <param name="Statements">Executed; null when the server has no <c>pg_stat_statements</c>.</param>
sealed record DatabaseCounters(long Transactions, long? Statements);

/// <summary>A database of the benchmark's own; it goes at the end, whoever is still connected.</summary>
sealed class BenchmarkDatabase : IAsyncDisposable
{
    /// <summary>An idle session reports what it did after ten seconds at the latest.</summary>
    static readonly TimeSpan ReportDelay = TimeSpan.FromSeconds(11);

    readonly NpgsqlConnectionStringBuilder _admin;
    readonly string _name = $"benchmark_{NewId.NextGuid():n}";
    bool _countsStatements;

    BenchmarkDatabase(string admin)
    {
        _admin = new NpgsqlConnectionStringBuilder(admin) { Pooling = false };
        ConnectionString = new NpgsqlConnectionStringBuilder(admin) { Database = _name }.ConnectionString;
    }

    public string ConnectionString { get; }

    public static async Task<BenchmarkDatabase> CreateAsync(string admin, CancellationToken cancellationToken)
    {
        var database = new BenchmarkDatabase(admin);
        await database.ScalarAsync<object>($"CREATE DATABASE {database._name}", cancellationToken);
        database._countsStatements = await database.TryCountStatementsAsync(cancellationToken);
        return database;
    }

    /// <summary>Reads the server's counters once every session has reported.</summary>
    public async Task<DatabaseCounters> CountersAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(ReportDelay, TimeProvider.System, cancellationToken);
        var transactions = await ScalarAsync<long>(
            $"SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '{_name}'", cancellationToken);
        if (!_countsStatements)
            return new DatabaseCounters(transactions, null);

        // Read from the administrator's database, so that the question does not count itself.
        var statements = await ScalarAsync<decimal>(
            $"""
            SELECT coalesce(sum(s.calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
            WHERE d.datname = '{_name}' AND s.toplevel
            """,
            cancellationToken);
        return new DatabaseCounters(transactions, (long)statements);
    }

    /// <summary>
    /// Times rows that are inserted one after the other, each with a commit of its own, on one connection: the least that any durable
    /// workflow has to wait for.
    /// </summary>
    /// <returns>The time of each run of <paramref name="inARow"/> commits, shortest first.</returns>
    public async Task<TimeSpan[]> TimeCommitsAsync(int runs, int inARow, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using (var table = new NpgsqlCommand(
            "CREATE TABLE IF NOT EXISTS public.bare_commit (id uuid PRIMARY KEY, at timestamptz NOT NULL)", connection))
        {
            await table.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var insert = new NpgsqlCommand("INSERT INTO public.bare_commit VALUES ($1, now())", connection);
        var id = new NpgsqlParameter<Guid>();
        insert.Parameters.Add(id);
        await insert.PrepareAsync(cancellationToken);
        var times = new TimeSpan[runs];
        for (var run = 0; run < runs; run++)
        {
            var began = TimeProvider.System.GetTimestamp();
            for (var commit = 0; commit < inARow; commit++)
            {
                id.TypedValue = NewId.NextGuid();
                await insert.ExecuteNonQueryAsync(cancellationToken);
            }

            times[run] = TimeProvider.System.GetElapsedTime(began);
        }

        return times;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await ScalarAsync<object>($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)", CancellationToken.None);
    }

    /// <summary>The extension shows all databases of the server from whichever it is created in; here it is the administrator's.</summary>
    async Task<bool> TryCountStatementsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ScalarAsync<object>("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", cancellationToken);
            await ScalarAsync<long>("SELECT count(*) FROM pg_stat_statements", cancellationToken);
            return true;
        }
        catch (PostgresException missing)
        {
            await Console.Error.WriteLineAsync($"Statements are not counted: {missing.MessageText}");
            return false;
        }
    }

    /// <summary>Runs one statement in the administrator's database.</summary>
    async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(_admin.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }
}
