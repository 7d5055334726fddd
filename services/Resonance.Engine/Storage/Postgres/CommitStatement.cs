using Npgsql;
using NpgsqlTypes;

namespace Resonance.Engine.Storage.Postgres;

/// <summary>The statement that stores a group of steps.</summary>
/// <remarks>
/// Every table is reached by index whatever the planner believes of its size, because nothing here is a join that it could turn round:
/// look-ups are scalar subqueries, existing instances are found by the arbiter index of ON CONFLICT, and what was written is looked up in
/// a hashed subplan (an IN inside IS TRUE is never flattened into a join). A type is compared as an expression, so that nobody thinks of
/// looking for a key among all instances of its type. Sub-statements see the tables as they were before all of them,
/// so the deletion of timers cannot touch what the same step sets.
/// </remarks>
static class CommitStatement
{
    // A step counts as written when this statement inserted or updated its instance; journal, outbox and timers follow that alone.
    // The one message that is no step's own tells of all of them.
    // The look-ups in WHERE keep conflicts and duplicates from locking anything; the WHERE of DO UPDATE decides races.
    internal const string CommitSql = $"{Body}\nSELECT id FROM written";

    // Work queues are settled by whoever receives next: here a place is only taken, or left.
    internal const string CommitWithTurnsSql =
        $"""
        {Body}, enqueued AS (
            INSERT INTO work_item (queue, id, group_id, limit_key, priority, state, rank, visible_at, enqueued_at, body, attributes)
            SELECT a.queue, a.id, a.group_id, a.limit_key, a.priority, CASE WHEN a.group_id IS NULL THEN 'ready' ELSE 'new' END,
                   a.now - a.priority * coalesce((SELECT q.credit FROM work_queue q WHERE q.name = a.queue), 60000000) * interval '1 microsecond',
                   a.now, a.now, a.body, a.attributes
            FROM (SELECT *, statement_timestamp() AS now
                  FROM unnest($38::uuid[], $39::text[], $40::text[], $41::text[], $42::smallint[], $43::bytea[], $44::text[])
                      AS u(id, queue, group_id, limit_key, priority, body, attributes)) a
            WHERE (a.id IN (SELECT id FROM written)) IS TRUE
            ON CONFLICT (queue, id) DO NOTHING
            RETURNING queue
        ), told AS (
            INSERT INTO work_queue_event (queue, at, enqueued, dequeued)
            SELECT queue, statement_timestamp(), count(*), 0 FROM enqueued GROUP BY queue
        ), left_queue AS (
            DELETE FROM work_item WHERE queue = ANY($46) AND id = ANY(ARRAY(
                SELECT l.id FROM unnest($45::uuid[]) AS l(id) WHERE (l.id IN (SELECT id FROM written)) IS TRUE))
            RETURNING queue, group_id, limit_key
        ), freed AS (
            INSERT INTO work_freed (queue, group_id, limit_key)
            SELECT queue, group_id, limit_key FROM left_queue WHERE group_id IS NOT NULL OR limit_key IS NOT NULL
        )
        SELECT id FROM written
        """;

    const string Body =
        $"""
        WITH written AS (
            INSERT INTO workflow AS w (
                id, type, key, state, status, version, data, definition_hash, priority, trace_id,
                started_at, updated_at, finished_at, head_hash)
            SELECT s.id, s.type, s.key, s.state, s.status, s.version, s.data, s.definition_hash, s.priority, s.trace_id,
                   s.started_at, s.updated_at, s.finished_at, s.head_hash
            FROM unnest(
                $12::uuid[], $13::bigint[], $14::uuid[], $15::text[], $16::text[], $17::text[], $18::text[], $19::jsonb[], $20::text[],
                $21::smallint[], $22::text[], $23::timestamptz[], $24::timestamptz[], $25::timestamptz[], $26::bytea[])
                AS s(id, version, message_id, type, key, state, status, data, definition_hash,
                     priority, trace_id, started_at, updated_at, finished_at, head_hash)
            WHERE (SELECT true FROM journal j WHERE j.workflow_id = s.id AND j.message_id = s.message_id) IS NULL
              AND CASE
                  WHEN s.version > 1 THEN (SELECT c.version FROM workflow c WHERE c.id = s.id) = s.version - 1
                  ELSE (SELECT c.version FROM workflow c WHERE c.id = s.id) = 0
                      OR (SELECT true FROM workflow c WHERE c.key = s.key AND c.type || '' = s.type) IS NULL
                  END
            ON CONFLICT (id) DO UPDATE SET
                state = excluded.state, status = excluded.status, version = excluded.version, data = excluded.data,
                definition_hash = excluded.definition_hash, priority = excluded.priority, trace_id = excluded.trace_id,
                updated_at = excluded.updated_at, finished_at = excluded.finished_at, head_hash = excluded.head_hash
            WHERE w.version = excluded.version - 1
            RETURNING w.id
        ), journaled AS (
            INSERT INTO journal (
                workflow_id, sequence, message_id, event, from_state, to_state, entries, data,
                occurred_at, trace_parent, previous_hash, hash)
            SELECT s.id, s.sequence, s.message_id, s.event, s.from_state, s.to_state, s.entries, coalesce(s.data, s.workflow_data),
                   s.occurred_at, s.trace_parent, s.previous_hash, s.hash
            FROM unnest(
                $12::uuid[], $13::bigint[], $14::uuid[], $27::text[], $28::text[], $29::text[], $30::jsonb[], $31::jsonb[], $19::jsonb[],
                $32::timestamptz[], $33::text[], $34::bytea[], $35::bytea[])
                AS s(id, sequence, message_id, event, from_state, to_state, entries, data, workflow_data,
                     occurred_at, trace_parent, previous_hash, hash)
            WHERE (s.id IN (SELECT id FROM written)) IS TRUE
        ), queued AS (
            {OutboxStatements.InsertMessages}
            WHERE (m.workflow_id IN (SELECT id FROM written)) IS TRUE
               OR m.workflow_id IS NULL AND (SELECT count(*) FROM written) = cardinality($12::uuid[])
        ), cancelled AS (
            DELETE FROM outbox WHERE token = ANY(ARRAY(
                SELECT c.token FROM unnest($36::uuid[], $37::uuid[]) AS c(workflow_id, token)
                WHERE (c.workflow_id IN (SELECT id FROM written)) IS TRUE))
        )
        """;

    // The numbers are those of StepOutcome.
    internal const string ClassifySql =
        """
        SELECT s.id, CASE
            WHEN (SELECT j.hash FROM journal j WHERE j.workflow_id = s.id AND j.sequence = s.version) = s.hash THEN 0
            WHEN (SELECT true FROM journal j WHERE j.workflow_id = s.id AND j.message_id = s.message_id) THEN 1
            WHEN s.version = 1 AND (SELECT true FROM workflow w WHERE w.id = s.id) IS NULL
                AND (SELECT true FROM workflow w WHERE w.key = s.key AND w.type || '' = s.type) THEN 3
            ELSE 2 END
        FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::bytea[])
            AS s(id, version, message_id, type, key, hash)
        """;

    public static NpgsqlCommand Create(NpgsqlConnection connection, StepCommit[] steps, OutboxMessage? notice, TimeSpan lease)
    {
        var messages = new List<(Guid? WorkflowId, OutboxMessage Message)>();
        var cancelled = new List<(Guid WorkflowId, Guid Token)>();
        foreach (var step in steps)
        {
            foreach (var message in step.Messages)
                messages.Add((step.Workflow.Id, message));
            foreach (var token in step.CancelledTimers)
                cancelled.Add((step.Workflow.Id, token));
        }

        if (notice is not null)
            messages.Add((null, notice));
        var turns = Array.Exists(steps, step => step.Arrival is not null || step.LeavesQueue is not null);
        var command = new NpgsqlCommand(turns ? CommitWithTurnsSql : CommitSql, connection);
        OutboxStatements.AddMessages(command.Parameters, messages, lease);
        AddWorkflows(command.Parameters, steps);
        AddJournal(command.Parameters, steps);
        command.Parameters.AddColumn(NpgsqlDbType.Uuid, cancelled, timer => timer.WorkflowId);
        command.Parameters.AddColumn(NpgsqlDbType.Uuid, cancelled, timer => timer.Token);
        if (turns)
            AddTurns(command.Parameters, steps);
        return command;
    }

    public static NpgsqlCommand CreateClassification(NpgsqlConnection connection, StepCommit[] steps)
    {
        var command = new NpgsqlCommand(ClassifySql, connection);
        var parameters = command.Parameters;
        parameters.AddColumn(NpgsqlDbType.Uuid, steps, step => step.Workflow.Id);
        parameters.AddColumn(NpgsqlDbType.Bigint, steps, step => step.Workflow.Version);
        parameters.AddColumn(NpgsqlDbType.Uuid, steps, step => step.Journal.MessageId);
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Workflow.Type);
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Workflow.Key);
        parameters.AddColumn(NpgsqlDbType.Bytea, steps, step => step.Journal.Hash);
        return command;
    }

    static void AddTurns(NpgsqlParameterCollection parameters, StepCommit[] steps)
    {
        var arrivals = steps.Select(step => step.Arrival).OfType<WorkItemRow>().ToArray();
        var leaving = steps.Where(step => step.LeavesQueue is not null).ToArray();
        parameters.AddColumn(NpgsqlDbType.Uuid, arrivals, row => row.Id);
        parameters.AddColumn(NpgsqlDbType.Text, arrivals, row => row.Queue);
        parameters.AddColumn(NpgsqlDbType.Text, arrivals, row => row.GroupId);
        parameters.AddColumn(NpgsqlDbType.Text, arrivals, row => row.LimitKey);
        parameters.AddColumn(NpgsqlDbType.Smallint, arrivals, row => checked((short)row.Priority));
        parameters.AddColumn(NpgsqlDbType.Bytea, arrivals, row => row.Body);
        parameters.AddColumn(NpgsqlDbType.Text, arrivals, row => row.Attributes);
        parameters.AddColumn(NpgsqlDbType.Uuid, leaving, step => step.Workflow.Id);
        parameters.AddColumn(NpgsqlDbType.Text, leaving, step => step.LeavesQueue);
    }

    static void AddWorkflows(NpgsqlParameterCollection parameters, StepCommit[] steps)
    {
        parameters.AddColumn(NpgsqlDbType.Uuid, steps, step => step.Workflow.Id);
        parameters.AddColumn(NpgsqlDbType.Bigint, steps, step => step.Workflow.Version);
        parameters.AddColumn(NpgsqlDbType.Uuid, steps, step => step.Journal.MessageId);
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Workflow.Type);
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Workflow.Key);
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Workflow.State);
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Workflow.Status);
        parameters.AddColumn(NpgsqlDbType.Jsonb, steps, step => step.Workflow.Data);
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Workflow.DefinitionHash);
        parameters.AddColumn(NpgsqlDbType.Smallint, steps, step => checked((short)step.Workflow.Priority));
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Workflow.TraceId);
        parameters.AddColumn(NpgsqlDbType.TimestampTz, steps, step => step.Workflow.StartedAt.UtcDateTime);
        parameters.AddColumn(NpgsqlDbType.TimestampTz, steps, step => step.Workflow.UpdatedAt.UtcDateTime);
        parameters.AddColumn(NpgsqlDbType.TimestampTz, steps, step => step.Workflow.FinishedAt?.UtcDateTime);
        parameters.AddColumn(NpgsqlDbType.Bytea, steps, step => step.Workflow.HeadHash);
    }

    static void AddJournal(NpgsqlParameterCollection parameters, StepCommit[] steps)
    {
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Journal.Event);
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Journal.From);
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Journal.To);
        parameters.AddColumn(NpgsqlDbType.Jsonb, steps, step => step.Journal.Entries);
        // The instance's data after the step is nearly always the same text: it need not travel and be parsed twice.
        parameters.AddColumn(NpgsqlDbType.Jsonb, steps, step => step.Journal.Data == step.Workflow.Data ? null : step.Journal.Data);
        parameters.AddColumn(NpgsqlDbType.TimestampTz, steps, step => step.Journal.OccurredAt.UtcDateTime);
        parameters.AddColumn(NpgsqlDbType.Text, steps, step => step.Journal.TraceParent);
        parameters.AddColumn(NpgsqlDbType.Bytea, steps, step => step.Journal.PreviousHash);
        parameters.AddColumn(NpgsqlDbType.Bytea, steps, step => step.Journal.Hash);
    }
}
