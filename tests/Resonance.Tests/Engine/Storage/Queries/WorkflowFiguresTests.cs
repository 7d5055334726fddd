using Microsoft.Data.Sqlite;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Engine.Storage.Queries;

public sealed class WorkflowFiguresTests
{
    [Fact]
    public async Task A_period_is_found_by_the_index_on_time()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var rows = await StoredRows.CreateAsync(cancellationToken);
        await using var connection = new SqliteConnection(rows.Options.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {WorkflowFigures.Question.Sqlite}";
        command.Parameters.AddWithValue("@workflow", "order");
        command.Parameters.AddWithValue("@from", 0);
        command.Parameters.AddWithValue("@to", 1);

        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            plan.Add(reader.GetString(3));

        Assert.Contains(plan, step => step.StartsWith("SEARCH j USING INDEX journal_occurred_at", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal));
    }
}
