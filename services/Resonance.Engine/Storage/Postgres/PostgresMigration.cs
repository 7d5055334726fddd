using System.Reflection;
using DbUp;
using DbUp.Engine;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Resonance.Engine.Storage.Postgres;

/// <summary>Runs numbered scripts, one process at a time, and gives the application's role what it needs.</summary>
sealed class PostgresMigration(PostgresConnections connections, ILogger<PostgresMigration> logger)
{
    const string EngineFolder = "Resonance.Engine.Storage.Postgres.Migrations";

    /// <summary>"Resonanc" in ASCII: all processes must choose the same number, and nobody else is likely to.</summary>
    const long LockId = 0x5265_736F_6E61_6E63;

    readonly ILogger _logger = logger;

    public Task MigrateAsync(CancellationToken cancellationToken) =>
        RunAsync(typeof(PostgresMigration).Assembly, EngineFolder, cancellationToken);

    public async Task RunAsync(Assembly assembly, string folder, CancellationToken cancellationToken)
    {
        var schema = connections.Area.Schema;
        await using var connection = new NpgsqlConnection(connections.ForMigration());
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

        // The lock belongs to the session: however this ends, the server gives it back with the connection.
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({LockId})", cancellationToken).ConfigureAwait(false);

        // CREATE SCHEMA IF NOT EXISTS asks for the right to create even when there is nothing to create.
        if (!await IsTrueAsync(connection, $"SELECT to_regnamespace('{schema}') IS NOT NULL", cancellationToken).ConfigureAwait(false))
            await ExecuteAsync(connection, $"CREATE SCHEMA {schema}", cancellationToken).ConfigureAwait(false);

        var roleExists = await CreateRoleAsync(connection, cancellationToken).ConfigureAwait(false);
        await Task.Run(() => RunScripts(assembly, folder, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (roleExists)
            await ExecuteAsync(connection, connections.Area.Privileges(connections.ApplicationRole), cancellationToken).ConfigureAwait(false);
        connections.SchemaChanged();
    }

    /// <summary>The engine's scripts that the database has not seen.</summary>
    /// <exception cref="SchemaOutOfDateException">There are some.</exception>
    public static async Task CheckAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var missing = Scripts(typeof(PostgresMigration).Assembly, EngineFolder).ToHashSet(StringComparer.Ordinal);
        try
        {
            await using var command = new NpgsqlCommand($"SELECT scriptname FROM {PostgresArea.VersionTable}", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                missing.Remove(reader.GetString(0));
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable)
        {
            throw new SchemaOutOfDateException("The database has no Resonance schema yet. Run the host's 'migrate' command.");
        }

        if (missing.Count > 0)
        {
            var names = string.Join(", ", missing.Order(StringComparer.Ordinal));
            throw new SchemaOutOfDateException($"The database's schema lacks {names}. Run the host's 'migrate' command.");
        }
    }

    static IEnumerable<string> Scripts(Assembly assembly, string folder) =>
        assembly.GetManifestResourceNames().Where(name => IsScript(name, folder));

    static bool IsScript(string name, string folder) =>
        name.StartsWith(folder + ".", StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal);

    void RunScripts(Assembly assembly, string folder, CancellationToken cancellationToken)
    {
        var upgrade = DeployChanges.To.PostgresqlDatabase(connections.ForMigration(), connections.Area.Schema)
            .JournalToPostgresqlTable(connections.Area.Schema, PostgresArea.VersionTable)
            .WithScriptsEmbeddedInAssembly(assembly, name => IsScript(name, folder))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .WithExecutionTimeout(TimeSpan.Zero)
            .LogToNowhere()
            .Build();
        upgrade.ScriptExecuted += (_, executed) =>
        {
            _logger.SchemaScriptRun(((ScriptExecutedEventArgs)executed).Script.Name);
            cancellationToken.ThrowIfCancellationRequested();
        };

        var result = upgrade.PerformUpgrade();
        cancellationToken.ThrowIfCancellationRequested();
        if (!result.Successful)
            throw new InvalidOperationException($"The script {result.ErrorScript?.Name} failed: {result.Error.Message}", result.Error);
    }

    /// <returns>False when there is no role, because it is not wanted or not allowed.</returns>
    async Task<bool> CreateRoleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var role = connections.ApplicationRole;
        if (role.Length == 0)
            return false;

        try
        {
            await ExecuteAsync(connection, Role(role), cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            _logger.RoleRefused(role, exception.MessageText);
        }

        return await IsTrueAsync(connection, $"SELECT to_regrole('{role}') IS NOT NULL", cancellationToken).ConfigureAwait(false);
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    static async Task<bool> IsTrueAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
    }

    /// <summary>
    /// Creates the role and lets the connecting user become it. Roles belong to the whole cluster while the advisory lock belongs to one
    /// database, so another database's migration may do the same at the same moment; then its row is locked or changes underneath,
    /// which Postgres reports as an internal error, and the second look finds the work done.
    /// </summary>
    static string Role(string role) =>
        $"""
        DO $$
        BEGIN
            FOR attempt IN 1..20 LOOP
                BEGIN
                    IF to_regrole('{role}') IS NULL THEN
                        CREATE ROLE {role} NOLOGIN;
                    END IF;
                    IF NOT (CASE WHEN current_setting('server_version_num')::int >= 160000
                                 THEN pg_has_role(current_user, '{role}', 'SET')
                                 ELSE pg_has_role(current_user, '{role}', 'MEMBER') END) THEN
                        GRANT {role} TO CURRENT_USER;
                    END IF;
                    RETURN;
                EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN
                    IF attempt = 20 THEN
                        RAISE;
                    END IF;
                END;
            END LOOP;
        END
        $$
        """;
}
