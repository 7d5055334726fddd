using Resonance.Engine.Workers;

namespace Resonance.Engine.Schedules;

// What becomes of due times. The row of a schedule moves on by comparing what was seen: of many engines one moves it.
sealed partial class ScheduleStore
{
    static readonly TimeSpan FiringsKept = TimeSpan.FromDays(90);

    const string MoveOnSql =
        """
        UPDATE schedule SET next_due_at = @next,
            last_due_at = CASE WHEN @outcome = 'started' THEN @due ELSE last_due_at END,
            last_workflow_id = CASE WHEN @outcome = 'started' THEN @id ELSE last_workflow_id END,
            queued_due_at = CASE WHEN @outcome = 'queued' THEN @due ELSE queued_due_at END
        WHERE name = @name AND next_due_at = @due AND revision = @revision
        """;

    const string EndQueueSql =
        """
        UPDATE schedule SET queued_due_at = NULL,
            last_due_at = CASE WHEN @outcome = 'started' THEN @due ELSE last_due_at END,
            last_workflow_id = CASE WHEN @outcome = 'started' THEN @id ELSE last_workflow_id END
        WHERE name = @name AND queued_due_at = @due
        """;

    const string QueueSql =
        "UPDATE schedule SET queued_due_at = @due WHERE name = @name AND queued_due_at IS NULL AND revision = @revision";

    // Another process may have decided otherwise about the same due time, while this one had the instance started.
    const string StartedAfterAllSql =
        """
        UPDATE schedule SET last_due_at = @due, last_workflow_id = @id
        WHERE name = @name AND (last_due_at IS NULL OR last_due_at < @due)
        """;

    const string RecordSql =
        """
        INSERT INTO schedule_firing (schedule, due_at, outcome, workflow_id, reason, recorded_at)
        VALUES (@name, @due, @outcome, @id, @reason, @now)
        ON CONFLICT (schedule, due_at) DO UPDATE SET
            outcome = excluded.outcome, workflow_id = excluded.workflow_id, reason = coalesce(excluded.reason, schedule_firing.reason),
            recorded_at = excluded.recorded_at
        WHERE schedule_firing.outcome <> 'started';
        DELETE FROM schedule_firing WHERE schedule = @name AND due_at < @horizon AND recorded_at < @horizon
        """;

    /// <summary>The last firings of a schedule, the last one first.</summary>
    public Task<IReadOnlyList<ScheduleFiring>> FiringsAsync(string name, int most, CancellationToken cancellationToken) => QueryAsync(
        """
        SELECT due_at, outcome, workflow_id, reason, recorded_at FROM schedule_firing WHERE schedule = @name
        ORDER BY due_at DESC LIMIT @most
        """,
        [("@name", name), ("@most", most)],
        row => new ScheduleFiring(Time(row.GetString(0)), row.GetString(1), IdOrNull(row, 2), TextOrNull(row, 3), Time(row.GetString(4))),
        cancellationToken);

    /// <summary>Records what became of the due time that the schedule is at, and goes to the next one.</summary>
    /// <returns>False when somebody else was faster, or the schedule was changed.</returns>
    public Task<bool> MoveOnAsync(Schedule seen, Firing firing, DateTimeOffset? next, CancellationToken cancellationToken) =>
        RecordAsync(MoveOnSql, seen, firing, [("@next", Text(next))], cancellationToken);

    /// <summary>Records what became of the firing that waited.</summary>
    public Task<bool> EndQueueAsync(Schedule seen, Firing firing, CancellationToken cancellationToken) =>
        RecordAsync(EndQueueSql, seen, firing, [], cancellationToken);

    /// <summary>Has a firing wait that is out of turn.</summary>
    /// <returns>False when one waits already, or the schedule was changed.</returns>
    public Task<bool> QueueAsync(Schedule seen, Firing firing, CancellationToken cancellationToken) =>
        RecordAsync(QueueSql, seen, firing, [], cancellationToken);

    /// <summary>Records a firing out of turn that is decided at once; where it started an instance, that one is the last.</summary>
    public Task<bool> RecordAsync(Schedule seen, Firing firing, CancellationToken cancellationToken) => RecordAsync(
        firing.Outcome == FiringOutcome.Started ? StartedAfterAllSql : null, seen, firing, [], cancellationToken);

    Task<bool> RecordAsync(
        string? moveSql, Schedule seen, Firing firing, IReadOnlyList<(string Name, object? Value)> parameters,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        IReadOnlyList<(string Name, object? Value)> values =
        [
            ("@name", seen.Definition.Name), ("@due", Text(firing.DueAt)), ("@outcome", firing.Outcome),
            ("@id", firing.WorkflowId?.ToString("D")), ("@reason", firing.Reason), ("@revision", seen.Revision.ToString("D")),
            ("@now", Text(now)), ("@horizon", Text(now - FiringsKept)), .. parameters,
        ];
        return database.TransactAsync(
            async (connection, transaction, token) =>
            {
                var rows = new WorkerTransaction(connection, transaction);
                var moved = moveSql is null || await rows.ExecuteAsync(moveSql, values, token) > 0;
                if (moved || moveSql == StartedAfterAllSql)
                    await rows.ExecuteAsync(RecordSql, values, token);
                return moved;
            },
            cancellationToken);
    }
}

/// <summary>What was decided about a due time.</summary>
sealed record Firing(DateTimeOffset DueAt, string Outcome, Guid? WorkflowId, string? Reason);
