using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit;
using Resonance.Audit.Ledger;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;
using Resonance.Tests.Support;

namespace Resonance.Tests.Audit;

/// <summary>Two files of SQLite.</summary>
public sealed class SqliteAuditStores : AuditStores
{
    readonly TemporaryFolder _folder = new();

    string Journal => ConnectionTo("resonance.db");

    string Ledger => ConnectionTo("audit.db");

    public override Task AddAsync(IServiceCollection services, CancellationToken cancellationToken)
    {
        services.AddSqliteStore(new SqliteOptions { ConnectionString = Journal });
        services.AddResonanceAudit(new AuditOptions(), loggers => AuditDatabase.OnSqlite(Ledger, loggers));
        return Task.CompletedTask;
    }

    public override async Task DropGuardsAsync(CancellationToken cancellationToken)
    {
        foreach (var file in new[] { Journal, Ledger })
        {
            foreach (var trigger in await TriggersAsync(file, cancellationToken))
                await ExecuteAsync(file, $"DROP TRIGGER {trigger}", cancellationToken);
        }
    }

    public override Task ChangeJournalAsync(string sql, CancellationToken cancellationToken) => ExecuteAsync(Journal, sql, cancellationToken);

    public override Task ChangeLedgerAsync(string sql, CancellationToken cancellationToken) => ExecuteAsync(Ledger, sql, cancellationToken);

    public override string Literal(byte[] bytes) => $"x'{Convert.ToHexStringLower(bytes)}'";

    public override string Literal(DateTimeOffset time) => SqliteTime.Microseconds(time).ToString(CultureInfo.InvariantCulture);

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    string ConnectionTo(string file) => $"Data Source={Path.Combine(_folder.Path, file)};Pooling=False";

    static async Task<List<string>> TriggersAsync(string file, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(file);
        await connection.OpenAsync(cancellationToken);
        await using var command = new SqliteCommand("SELECT name FROM sqlite_master WHERE type = 'trigger'", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            names.Add(reader.GetString(0));
        return names;
    }

    static async Task ExecuteAsync(string file, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new SqliteConnection(file);
        await connection.OpenAsync(cancellationToken);
        await using var command = new SqliteCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
