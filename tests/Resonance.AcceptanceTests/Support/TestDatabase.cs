using Npgsql;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Support;

/// <summary>An empty Postgres database for one test; it goes with the test, whoever is still connected.</summary>
sealed class TestDatabase : IAsyncDisposable
{
    readonly string _admin;
    readonly TestDirectory _files = new();

    TestDatabase(string admin, string name)
    {
        _admin = admin;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(admin) { Database = name, IncludeErrorDetail = true }.ConnectionString;
    }

    public string Name { get; }

    /// <summary>Where processes on this database keep what lies beside it: the audit's key and its exported checkpoints.</summary>
    public string DataDirectory => _files.Path;

    /// <summary>As a superuser who owns the database.</summary>
    public string ConnectionString { get; }

    public static async Task<TestDatabase> CreateAsync(Servers servers, CancellationToken cancellationToken)
    {
        // Without pooling, as connections to the administrator's database must not add up over a run.
        var admin = new NpgsqlConnectionStringBuilder(await servers.PostgresAdmin.WaitAsync(cancellationToken)) { Pooling = false };
        var database = new TestDatabase(admin.ConnectionString, $"test_{NewId.NextGuid():n}");
        await database.ExecuteAsAdmin($"create database {database.Name}", cancellationToken);
        return database;
    }

    /// <summary>As <see cref="CreateAsync"/>, with the tables of the engine and of the audit: a copy is made sooner than the scripts run.</summary>
    public static async Task<TestDatabase> CreateMigratedAsync(Servers servers, CancellationToken cancellationToken)
    {
        var template = await servers.Migrated.WaitAsync(cancellationToken);
        var database = new TestDatabase(template._admin, $"test_{NewId.NextGuid():n}");
        await database.ExecuteAsAdmin($"create database {database.Name} template {template.Name}", cancellationToken);
        return database;
    }

    /// <summary>Ends every session on it.</summary>
    public Task DisconnectAsync() => ExecuteAsAdmin(
        $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{Name}' and pid <> pg_backend_pid()", CancellationToken.None);

    /// <summary>Runs one statement in this database and gives the first column of its first row.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        var value = await command.ExecuteScalarAsync(cancellationToken);
        return value is null or DBNull ? default : (T)value;
    }

    /// <summary>Runs one query in this database and gives its rows.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        _files.Dispose();
        // The pool's connections would be found broken by whoever came next to the same address; nobody does, but they hold sockets.
        await using (var connection = new NpgsqlConnection(ConnectionString))
            NpgsqlConnection.ClearPool(connection);
        // A host that the test has just killed may still have its sessions open on the server.
        await ExecuteAsAdmin($"drop database if exists {Name} with (force)", CancellationToken.None);
    }

    async Task ExecuteAsAdmin(string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(_admin);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
