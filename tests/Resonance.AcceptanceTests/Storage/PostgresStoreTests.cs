using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Tests.Engine.Storage;
using Xunit;

namespace Resonance.AcceptanceTests.Storage;

/// <summary>The conformance suite on Postgres. Time passes by moving what is stored, because the clock is the server's.</summary>
public sealed class PostgresStoreTests(PostgresStoreDatabase database) : WorkflowStoreConformance, IClassFixture<PostgresStoreDatabase>
{
    const string JournalSql =
        """
        SELECT workflow_id, sequence, message_id, event, from_state, to_state, entries, data, occurred_at, trace_parent, previous_hash, hash
        FROM resonance.journal WHERE workflow_id = $1 ORDER BY sequence
        """;

    IServiceProvider _services = null!;

    protected override IWorkflowStore Store => _services.GetRequiredService<IWorkflowStore>();

    protected override IDatabase Database => _services.GetRequiredService<IDatabase>();

    public override async ValueTask InitializeAsync()
    {
        _services = database.Open(database.ConnectionString);
        await Store.MigrateAsync(Cancelled);
        await ExecuteAsync("DELETE FROM outbox");
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override Task AdvanceAsync(TimeSpan time) =>
        ExecuteAsync(
            "UPDATE outbox SET due_at = due_at - @time, available_at = available_at - @time, set_aside_at = set_aside_at - @time",
            ("@time", time));

    protected override async Task<IReadOnlyList<JournalRow>> ReadJournalAsync(Guid workflowId)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand(JournalSql, connection) { Parameters = { new() { Value = workflowId } } };
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var rows = new List<JournalRow>();
        while (await reader.ReadAsync(Cancelled))
            rows.Add(Read(reader));
        return rows;
    }

    protected override async Task<(IWorkflowStore First, IWorkflowStore Second)> OpenEmptyAsync()
    {
        var empty = await database.CreateDatabaseAsync(Cancelled);
        return (database.OpenStore(empty), database.OpenStore(empty));
    }

    [Fact]
    public async Task Text_that_postgres_has_no_form_for_is_refused_alone()
    {
        StepCommit[] steps =
        [
            new SampleInstance().Next(data: """{"text":"\u0000"}"""),
            new SampleInstance().Next(),
            new SampleInstance().Next(entries: """[{"kind":"recovered","how":"\ud800"}]"""),
            new SampleInstance("ORDER-\ud800").Next(),
            new SampleInstance("ORDER-\0").Next(),
        ];

        var results = await Store.CommitAsync(steps, TimeSpan.FromSeconds(30), Cancelled);

        Assert.Equal(
            [StepOutcome.Refused, StepOutcome.Committed, StepOutcome.Refused, StepOutcome.Refused, StepOutcome.Refused],
            results.Select(result => result.Outcome));
        Assert.Equal(StepOutcome.Committed, (await CommitAsync(new SampleInstance().Next())).Outcome);
    }

    static JournalRow Read(NpgsqlDataReader reader) => new()
    {
        WorkflowId = reader.GetGuid(0),
        Sequence = reader.GetInt64(1),
        MessageId = reader.GetGuid(2),
        Event = reader.GetString(3),
        From = reader.GetString(4),
        To = reader.GetString(5),
        Entries = reader.GetString(6),
        Data = reader.GetString(7),
        OccurredAt = reader.GetFieldValue<DateTimeOffset>(8),
        TraceParent = reader.IsDBNull(9) ? null : reader.GetString(9),
        PreviousHash = reader.GetFieldValue<byte[]>(10),
        Hash = reader.GetFieldValue<byte[]>(11),
    };
}
