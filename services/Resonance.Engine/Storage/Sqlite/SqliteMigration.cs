using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Sqlite.Helpers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Resonance.Engine.Storage.Sqlite;

/// <summary>Runs numbered scripts, one process at a time: all of them in one transaction, which begins by locking the file.</summary>
sealed class SqliteMigration(SqliteConnections connections, ILogger<SqliteMigration> logger)
{
    const string EngineFolder = "Resonance.Engine.Storage.Sqlite.Migrations";

    const string VersionTable = "schema_version";

    readonly ILogger _logger = logger;

    public Task MigrateAsync(CancellationToken cancellationToken) =>
        RunAsync(typeof(SqliteMigration).Assembly, EngineFolder, cancellationToken);

    public Task RunAsync(Assembly assembly, string folder, CancellationToken cancellationToken) =>
        connections.LendAsync(connection => RunScripts(connection, assembly, folder, cancellationToken), cancellationToken);

    /// <summary>The engine's scripts that the database has not seen.</summary>
    /// <exception cref="SchemaOutOfDateException">There are some.</exception>
    public static void Check(SqliteSession session)
    {
        if (session.Scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1", VersionTable) is null)
            throw new SchemaOutOfDateException("The database has no Resonance schema yet. Run the host's 'migrate' command.");

        var missing = typeof(SqliteMigration).Assembly.GetManifestResourceNames()
            .Where(name => IsScript(name, EngineFolder))
            .ToHashSet(StringComparer.Ordinal);
        using var reader = session.Query($"SELECT ScriptName FROM {VersionTable}");
        while (reader.Read())
            missing.Remove(reader.GetString(0));
        if (missing.Count > 0)
        {
            var names = string.Join(", ", missing.Order(StringComparer.Ordinal));
            throw new SchemaOutOfDateException($"The database's schema lacks {names}. Run the host's 'migrate' command.");
        }
    }

    static bool IsScript(string name, string folder) =>
        name.StartsWith(folder + ".", StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal);

    void RunScripts(SqliteConnection connection, Assembly assembly, string folder, CancellationToken cancellationToken)
    {
        var upgrade = DeployChanges.To.SqliteDatabase(new SharedConnection(connection))
            .JournalToSqliteTable(VersionTable)
            .WithScriptsEmbeddedInAssembly(assembly, name => IsScript(name, folder))
            .WithTransaction()
            .WithVariablesDisabled()
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
}
