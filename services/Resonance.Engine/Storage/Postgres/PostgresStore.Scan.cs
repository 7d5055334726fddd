using Npgsql;
using NpgsqlTypes;

namespace Resonance.Engine.Storage.Postgres;

// Looks over many instances.
sealed partial class PostgresStore
{
    // Timers have an index by workflow; what leaves at once is little, and is looked at as a whole.
    internal const string ScanSql =
        $"""
        SELECT {WorkflowColumns} FROM workflow
        WHERE status = $1 AND ($2::text IS NULL OR type = $2) AND ($3::text IS NULL OR definition_hash <> $3)
          AND ($4::timestamptz IS NULL OR updated_at < $4)
          AND (NOT $5 OR (
              NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.workflow_id = workflow.id AND outbox.timer IS NOT NULL)
              AND id NOT IN (SELECT workflow_id FROM outbox WHERE timer IS NULL AND workflow_id IS NOT NULL)))
          AND (started_at, id) > ($6, $7)
        ORDER BY started_at, id LIMIT $8
        """;

    public async Task<IReadOnlyList<WorkflowRow>> ScanAsync(
        WorkflowScan which, (DateTimeOffset StartedAt, Guid Id)? after, int most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, 1000);
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(ScanSql, connection);
        command.Parameters.AddText(which.Status);
        AddNullable(NpgsqlDbType.Text, which.Type);
        AddNullable(NpgsqlDbType.Text, which.OtherThanHash);
        AddNullable(NpgsqlDbType.TimestampTz, which.UnchangedSince?.ToUniversalTime());
        command.Parameters.AddValue(which.NothingUnderWay);
        command.Parameters.AddValue(after?.StartedAt.ToUniversalTime() ?? DateTimeOffset.UnixEpoch);
        command.Parameters.AddValue(after?.Id ?? Guid.Empty);
        command.Parameters.AddValue((long)most);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        var found = new List<WorkflowRow>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            found.Add(ReadWorkflow(reader));
        return found;

        void AddNullable(NpgsqlDbType type, object? value) =>
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
    }
}
