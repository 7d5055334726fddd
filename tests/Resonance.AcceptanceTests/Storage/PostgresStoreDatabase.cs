using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;
using Xunit;

namespace Resonance.AcceptanceTests.Storage;

/// <summary>A database of its own for a test class, with the stores that the tests open on it.</summary>
public sealed class PostgresStoreDatabase : IAsyncLifetime
{
    const string Variable = "RESONANCE_TEST_POSTGRES";

    readonly List<ServiceProvider> _opened = [];
    readonly List<string> _databases = [];
    readonly List<string> _roles = [];

    /// <summary>A superuser's connection string.</summary>
    public static string Server => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } server
        ? server
        : throw new InvalidOperationException(
            $"Set {Variable} to the Npgsql connection string of a superuser on a Postgres server for tests, or run ./test, which does.");

    /// <summary>The class's database as the superuser.</summary>
    public string ConnectionString { get; private set; } = "";

    public async ValueTask InitializeAsync() => ConnectionString = await CreateDatabaseAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened)
            await opened.DisposeAsync();
        foreach (var database in _databases)
            await ExecuteAsync(Server, $"DROP DATABASE {database} WITH (FORCE)", CancellationToken.None);
        foreach (var role in _roles)
            await ExecuteAsync(Server, $"DROP ROLE IF EXISTS {role}", CancellationToken.None);
    }

    public async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        var name = $"resonance_test_{NewId.NextGuid():N}";
        await ExecuteAsync(Server, $"CREATE DATABASE {name}", cancellationToken);
        _databases.Add(name);
        return new NpgsqlConnectionStringBuilder(Server) { Database = name, IncludeErrorDetail = true }.ConnectionString;
    }

    /// <summary>The name of a role that no other test uses; it goes with the class.</summary>
    public string NewRole()
    {
        var role = $"resonance_test_{NewId.NextGuid():N}";
        _roles.Add(role);
        return role;
    }

    public IServiceProvider Open(string connectionString, string? role = null)
    {
        var options = new PostgresOptions { ConnectionString = connectionString };
        var services = new ServiceCollection();
        services.AddPostgresStore(role is null ? options : options with { ApplicationRole = role });
        var opened = services.BuildServiceProvider();
        _opened.Add(opened);
        return opened;
    }

    public IWorkflowStore OpenStore(string connectionString, string? role = null) =>
        Open(connectionString, role).GetRequiredService<IWorkflowStore>();

    public static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<IReadOnlyList<string>> ReadLinesAsync(
        string connectionString, string sql, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var lines = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            lines.Add(reader.GetString(0));
        return lines;
    }
}
