using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;
using Xunit;

namespace Resonance.Tests.Engine.Storage;

public sealed class SqliteSchemaTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_schema_is_the_approved_one()
    {
        await using var services = new ServiceCollection()
            .AddSqliteStore(new SqliteOptions { ConnectionString = "Data Source=:memory:" })
            .BuildServiceProvider();
        await services.GetRequiredService<IWorkflowStore>().MigrateAsync(Cancelled);

        var schema = await services.GetRequiredService<IDatabase>().TransactAsync(
            async (connection, _, cancellationToken) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText =
                    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name";
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var text = new StringBuilder();
                while (await reader.ReadAsync(cancellationToken))
                    text.Append(reader.GetString(0).ReplaceLineEndings("\n")).Append(";\n");
                return text.ToString();
            },
            Cancelled);

        await AssertApprovedAsync("SqliteSchema", schema);
    }

    [Fact]
    public async Task A_database_that_never_had_the_old_index_is_brought_up_to_date_as_well()
    {
        await using var services = new ServiceCollection()
            .AddSqliteStore(new SqliteOptions { ConnectionString = "Data Source=:memory:" })
            .BuildServiceProvider();
        var store = services.GetRequiredService<IWorkflowStore>();
        await store.MigrateAsync(Cancelled);
        var forgotten = await services.GetRequiredService<IDatabase>().TransactAsync(
            async (connection, transaction, cancellationToken) =>
            {
                await using var command = connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = "DELETE FROM schema_version WHERE ScriptName LIKE '%0003_workflow_indexes.sql'";
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            Cancelled);

        await store.MigrateAsync(Cancelled);

        Assert.Equal(1, forgotten);
        await store.CheckAsync(Cancelled);
    }

    static async Task AssertApprovedAsync(string name, string received, [CallerFilePath] string here = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "Approved", name);
        var approved = File.Exists(file + ".approved.txt") ? await File.ReadAllTextAsync(file + ".approved.txt", Cancelled) : "";
        if (approved != received)
            await File.WriteAllTextAsync(file + ".received.txt", received, Cancelled);
        Assert.Equal(approved, received);
    }
}
