namespace Resonance.Engine.Storage.Sqlite;

// Looks over many instances.
sealed partial class SqliteStore
{
    const string ScanSql =
        """
        SELECT id, type, key, state, status, version, data, definition_hash, priority, trace_id,
               started_at, updated_at, finished_at, head_hash
        FROM workflow
        WHERE status = $1 AND ($2 IS NULL OR type = $2) AND ($3 IS NULL OR definition_hash <> $3)
          AND ($4 IS NULL OR updated_at < $4)
          AND (NOT $5 OR (
              NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.workflow_id = workflow.id AND outbox.timer IS NOT NULL)
              AND id NOT IN (SELECT workflow_id FROM outbox WHERE timer IS NULL AND workflow_id IS NOT NULL)))
          AND (started_at, id) > ($6, $7)
        ORDER BY started_at, id LIMIT $8
        """;

    public Task<IReadOnlyList<WorkflowRow>> ScanAsync(
        WorkflowScan which, (DateTimeOffset StartedAt, Guid Id)? after, int most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, 1000);
        return connections.ReadAsync<IReadOnlyList<WorkflowRow>>(
            session =>
            {
                using var reader = session.Query(
                    ScanSql, which.Status, which.Type, which.OtherThanHash, which.UnchangedSince, which.NothingUnderWay ? 1L : 0L,
                    after?.StartedAt ?? DateTimeOffset.UnixEpoch, after?.Id ?? Guid.Empty, (long)most);
                var found = new List<WorkflowRow>();
                while (reader.Read())
                    found.Add(ReadWorkflow(reader));
                return found;
            },
            cancellationToken);
    }
}
