using Microsoft.Data.Sqlite;
using Resonance.Engine.Queues.Sqlite;

namespace Resonance.Engine.Storage.Sqlite;

// Steps and accepted starts. There are no round trips to save here: the statements of a group share the transaction and its one sync.
sealed partial class SqliteStore
{
    const int StepsMost = 1000;

    const string AppliedSql = "SELECT sequence, hash FROM journal WHERE workflow_id = $1 AND message_id = $2";

    const string VersionSql = "SELECT version FROM workflow WHERE id = $1";

    const string KeySql = "SELECT 1 FROM workflow WHERE type = $1 AND key = $2";

    const string InsertWorkflowSql =
        """
        INSERT INTO workflow (id, type, key, state, status, version, data, definition_hash, priority, trace_id,
            started_at, updated_at, finished_at, head_hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """;

    const string UpdateWorkflowSql =
        """
        UPDATE workflow SET state = $2, status = $3, version = $4, data = $5, definition_hash = $6, priority = $7, trace_id = $8,
            updated_at = $9, finished_at = $10, head_hash = $11
        WHERE id = $1
        """;

    const string InsertJournalSql =
        """
        INSERT INTO journal (workflow_id, sequence, message_id, event, from_state, to_state, entries, data,
            occurred_at, trace_parent, previous_hash, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """;

    const string CancelSql = "DELETE FROM outbox WHERE token = $1";

    public async Task<GroupResult> CommitAsync(StepGroup group, TimeSpan lease, CancellationToken cancellationToken)
    {
        var steps = group.Steps;
        if (steps.Count is 0 or > StepsMost)
            throw new ArgumentException($"A group has 1 to {StepsMost} steps, not {steps.Count}.", nameof(steps));
        if (steps.Select(step => step.Workflow.Id).Distinct().Count() < steps.Count)
            throw new ArgumentException("Two steps of the group are of one instance.", nameof(steps));

        return await connections.WriteAsync(
            session =>
            {
                var results = new StepResult[steps.Count];
                var stored = 0;
                for (var index = 0; index < results.Length; index++)
                    results[index] = CommitAlone(session, steps[index], lease, ref stored);
                if (group.Notice is null || stored < steps.Count)
                    return new GroupResult(results, Noticed: false);

                InsertMessage(session, InsertMessageSql, workflowId: null, group.Notice, lease);
                return new GroupResult(results, Noticed: true);
            },
            cancellationToken).ConfigureAwait(false);
    }

    public Task<AcceptResult> AcceptAsync(AcceptedStart start, TimeSpan lease, CancellationToken cancellationToken) =>
        connections.WriteAsync(
            session =>
            {
                var row = start.Workflow;
                if (Load(session, [row.Id]).TryGetValue(row.Id, out var existing))
                    return new AcceptResult(AcceptOutcome.Exists, existing);
                if (session.Scalar(KeySql, row.Type, row.Key) is not null)
                    return new AcceptResult(AcceptOutcome.KeyTaken, null);

                InsertWorkflow(session, row);
                InsertMessage(session, InsertMessageSql, row.Id, start.Message, lease);
                return new AcceptResult(AcceptOutcome.Accepted, row);
            },
            cancellationToken);

    StepResult CommitAlone(SqliteSession session, StepCommit step, TimeSpan lease, ref int stored)
    {
        if (Obstacle(session, step) is { } outcome)
            return new(outcome);

        session.Execute("SAVEPOINT step");
        try
        {
            Store(session, step, lease);
        }
        catch (SqliteException exception) when (SqliteErrors.IsRefusal(exception))
        {
            session.Execute("ROLLBACK TO step");
            session.Execute("RELEASE step");
            return new(StepOutcome.Refused, exception);
        }

        session.Execute("RELEASE step");
        stored++;
        return new(StepOutcome.Committed);
    }

    /// <summary>What keeps the step from being stored. Nothing changes between the answer and the writing: the writer is alone.</summary>
    static StepOutcome? Obstacle(SqliteSession session, StepCommit step)
    {
        var row = step.Workflow;
        using (var applied = session.Query(AppliedSql, row.Id, step.Journal.MessageId))
        {
            if (applied.Read())
            {
                var same = applied.GetInt64(0) == row.Version
                    && applied.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(step.Journal.Hash);
                return same ? StepOutcome.Committed : StepOutcome.Duplicate;
            }
        }

        var version = session.Scalar(VersionSql, row.Id) as long?;
        if (version is null && row.Version == 1)
            return session.Scalar(KeySql, row.Type, row.Key) is null ? null : StepOutcome.KeyTaken;
        return version == step.ExpectedVersion ? null : StepOutcome.Conflict;
    }

    void Store(SqliteSession session, StepCommit step, TimeSpan lease)
    {
        var row = step.Workflow;
        var updated = session.Execute(
            UpdateWorkflowSql, row.Id, row.State, row.Status, row.Version, row.Data, row.DefinitionHash, row.Priority, row.TraceId,
            row.UpdatedAt, row.FinishedAt, row.HeadHash);
        if (updated == 0)
            InsertWorkflow(session, row);

        var journal = step.Journal;
        session.Execute(
            InsertJournalSql, journal.WorkflowId, journal.Sequence, journal.MessageId, journal.Event, journal.From, journal.To,
            journal.Entries, journal.Data, journal.OccurredAt, journal.TraceParent, journal.PreviousHash, journal.Hash);

        foreach (var token in step.CancelledTimers)
            session.Execute(CancelSql, token);
        foreach (var message in step.Messages)
            InsertMessage(session, InsertMessageSql, row.Id, message, lease);
        if (step.Arrival is { } arrival)
        {
            var turn = SqliteTurns.StateOf(session, arrival.Queue, time.GetUtcNow());
            if (SqliteTurns.Insert(session, arrival, turn))
                SqliteTurns.Told(session, arrival.Queue, turn.Now, 1, 0);
        }

        if (step.LeavesQueue is { } queue)
            SqliteTurns.Remove(session, queue, row.Id, SqliteTurns.StateOf(session, queue, time.GetUtcNow()));
    }

    static void InsertWorkflow(SqliteSession session, WorkflowRow row) =>
        session.Execute(
            InsertWorkflowSql, row.Id, row.Type, row.Key, row.State, row.Status, row.Version, row.Data, row.DefinitionHash,
            row.Priority, row.TraceId, row.StartedAt, row.UpdatedAt, row.FinishedAt, row.HeadHash);
}
