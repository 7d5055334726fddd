using Npgsql;
using NpgsqlTypes;

namespace Resonance.Engine.Storage.Postgres;

/// <summary>How messages get into the outbox and out of it.</summary>
static class OutboxStatements
{
    /// <summary>
    /// Takes parameters 1 to 11, see <see cref="AddMessages"/>; conditions on <c>m</c> may follow. The clock is read row by row, so that
    /// a lease begins when a lock that the statement waited for was given, and not before.
    /// </summary>
    public const string InsertMessages =
        """
        INSERT INTO outbox (
                message_id, workflow_id, token, timer, due_at, available_at, destination, content_type, body, envelope,
                trace_parent, created_at)
            SELECT m.message_id, m.workflow_id, m.token, m.timer, clock_timestamp() + m.delay * interval '1 microsecond',
                   clock_timestamp() + CASE WHEN m.delay > 0 THEN m.delay ELSE $11::bigint END * interval '1 microsecond',
                   m.destination, m.content_type, m.body, m.envelope, m.trace_parent, now()
            FROM unnest(
                $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::bytea[], $9::text[], $10::text[])
                AS m(message_id, workflow_id, token, timer, delay, destination, content_type, body, envelope, trace_parent)
        """;

    public const string Enqueue = $"{InsertMessages} ON CONFLICT (message_id) DO NOTHING";

    /// <summary>
    /// The statement's start time is used, and not the clock: only a value that does not change can be looked up in an index.
    /// </summary>
    public const string ClaimDue =
        """
        WITH due AS MATERIALIZED (
            SELECT message_id, workflow_id, token, timer, destination, content_type, body, envelope, trace_parent, attempts,
                   (extract(epoch FROM now() - due_at) * 1000000)::bigint AS overdue, available_at
            FROM outbox WHERE available_at <= now() AND set_aside_at IS NULL
            ORDER BY available_at LIMIT $1 FOR UPDATE SKIP LOCKED
        ), leased AS (
            UPDATE outbox SET available_at = now() + $2 * interval '1 microsecond'
            WHERE message_id = ANY(ARRAY(SELECT message_id FROM due))
        )
        SELECT * FROM due ORDER BY available_at
        """;

    /// <summary>Microseconds; negative when a message is overdue, null when there is none.</summary>
    public const string NextDue =
        """
        SELECT (extract(epoch FROM available_at - now()) * 1000000)::bigint
        FROM outbox WHERE set_aside_at IS NULL ORDER BY available_at LIMIT 1
        """;

    public const string Complete = "DELETE FROM outbox WHERE message_id = ANY($1)";

    public const string CancelTimers = "DELETE FROM outbox WHERE token = ANY($1)";

    public const string Postpone =
        """
        UPDATE outbox SET attempts = attempts + 1, last_error = $3, available_at = now() + $2 * interval '1 microsecond'
        WHERE message_id = $1 AND set_aside_at IS NULL
        """;

    public const string SetAside =
        "UPDATE outbox SET available_at = NULL, set_aside_at = now(), set_aside_reason = $2 WHERE message_id = $1 AND set_aside_at IS NULL";

    /// <summary>The attempts begin anew, or the first failure would set the message aside again.</summary>
    public const string Redrive =
        """
        UPDATE outbox SET available_at = now(), set_aside_at = NULL, set_aside_reason = NULL, attempts = 0
        WHERE message_id = $1 AND set_aside_at IS NOT NULL
        """;

    public const string ReleaseLeases = "UPDATE outbox SET available_at = now() WHERE available_at > now() AND due_at <= now()";

    public static void AddMessages(
        NpgsqlParameterCollection parameters, IReadOnlyList<(Guid? WorkflowId, OutboxMessage Message)> rows, TimeSpan lease)
    {
        parameters.AddColumn(NpgsqlDbType.Uuid, rows, row => row.Message.MessageId);
        parameters.AddColumn(NpgsqlDbType.Uuid, rows, row => row.WorkflowId);
        parameters.AddColumn(NpgsqlDbType.Uuid, rows, row => row.Message.Token);
        parameters.AddColumn(NpgsqlDbType.Text, rows, row => row.Message.Timer);
        parameters.AddColumn(NpgsqlDbType.Bigint, rows, row => PostgresCommands.Microseconds(row.Message.Delay));
        parameters.AddColumn(NpgsqlDbType.Text, rows, row => row.Message.Destination);
        parameters.AddColumn(NpgsqlDbType.Text, rows, row => row.Message.ContentType);
        parameters.AddColumn(NpgsqlDbType.Bytea, rows, row => row.Message.Body);
        parameters.AddColumn(NpgsqlDbType.Text, rows, row => row.Message.Envelope);
        parameters.AddColumn(NpgsqlDbType.Text, rows, row => row.Message.TraceParent);
        parameters.AddValue(PostgresCommands.Microseconds(lease));
    }
}
