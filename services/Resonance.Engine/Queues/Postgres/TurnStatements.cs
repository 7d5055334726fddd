using Resonance.Engine.Storage.Postgres;

namespace Resonance.Engine.Queues.Postgres;

/// <summary>Who comes next, in SQL. Receives of a queue take turns under its lock; nobody else changes the state of an item that waits.</summary>
/// <remarks>
/// Nothing here is a join that the planner could turn round, for the reason that <see cref="CommitStatement"/> gives. <c>$2</c> is the time
/// in all statements of a receive.
/// </remarks>
static class TurnStatements
{
    public const string Columns =
        "id, receipt, body, attributes, group_id, limit_key, priority, enqueued_at, received, sequence, rank";

    public const string LockQueue = "SELECT pg_advisory_xact_lock($1)";

    // One row, whether the queue is stored or not.
    public const string Settings =
        """
        SELECT coalesce(q.credit, 60000000), coalesce(q.visibility_timeout, 30000000), q.max_receive_count,
               coalesce(q.deduplication_window, 300000000), q.concurrency, q.key_concurrency, q.rate_limit, coalesce(q.rate_period, 1000000),
               coalesce(q.revision, 0), q.paused_by, q.paused_reason, q.paused_at, q.tokens, q.tokens_at,
               coalesce($2::timestamptz, statement_timestamp())
        FROM (SELECT $1::text AS name) n LEFT JOIN work_queue q ON q.name = n.name
        """;

    /// <summary>Items whose delay or time-out has ended become ready, or dead letters.</summary>
    public const string Ripen =
        """
        WITH due AS MATERIALIZED (
            SELECT id FROM work_item
            WHERE queue = $1 AND state IN ('delayed', 'in_flight') AND visible_at <= coalesce($2::timestamptz, statement_timestamp())
            ORDER BY visible_at LIMIT 1000
        ), ripe AS (
            UPDATE work_item w SET
                state = CASE WHEN w.state = 'in_flight' AND w.received >= (SELECT max_receive_count FROM work_queue WHERE name = $1)
                        THEN 'dead' ELSE 'ready' END,
                receipt = NULL,
                dead_at = CASE WHEN w.state = 'in_flight' AND w.received >= (SELECT max_receive_count FROM work_queue WHERE name = $1)
                          THEN coalesce($2::timestamptz, statement_timestamp()) END,
                dead_reason = CASE WHEN w.state = 'in_flight' AND w.received >= (SELECT max_receive_count FROM work_queue WHERE name = $1)
                              THEN 'received ' || w.received || CASE w.received WHEN 1 THEN ' time' ELSE ' times' END || ' and never deleted' END
            WHERE w.queue = $1 AND w.id = ANY(ARRAY(SELECT id FROM due)) AND w.state IN ('delayed', 'in_flight')
              AND w.visible_at <= coalesce($2::timestamptz, statement_timestamp())
            RETURNING w.state, w.group_id, w.limit_key
        )
        INSERT INTO work_freed (queue, group_id, limit_key)
        SELECT $1, CASE WHEN state = 'dead' THEN group_id END, limit_key
        FROM ripe WHERE limit_key IS NOT NULL OR state = 'dead' AND group_id IS NOT NULL
        """;

    public const string TakeFreed = "DELETE FROM work_freed WHERE queue = $1 RETURNING group_id, limit_key";

    /// <summary>
    /// New items find their place: the first of a group stands in line, the others behind it. <c>$3</c> are groups whose head has left. The
    /// best ranked are seen first, so that no receive passes one over however many are new.
    /// </summary>
    public const string Settle =
        """
        WITH fresh AS MATERIALIZED (
            SELECT id, group_id FROM work_item WHERE queue = $1 AND state = 'new' ORDER BY rank, sequence LIMIT $4
        ), touched AS MATERIALIZED (
            SELECT DISTINCT t.group_id FROM (SELECT unnest($3::text[]) AS group_id UNION ALL SELECT group_id FROM fresh) t
        ), heads AS MATERIALIZED (
            SELECT (SELECT i.id FROM work_item i
                    WHERE i.queue = $1 AND i.group_id = t.group_id AND i.state IN ('new', 'behind') ORDER BY i.sequence LIMIT 1) AS id
            FROM touched t
            WHERE (SELECT true FROM work_item h
                   WHERE h.queue = $1 AND h.group_id = t.group_id AND h.state IN ('ready', 'limited', 'delayed', 'in_flight')) IS NULL
        )
        UPDATE work_item w SET state =
            CASE WHEN (w.id IN (SELECT id FROM heads WHERE id IS NOT NULL)) IS NOT TRUE THEN 'behind'
                 WHEN w.visible_at > $2 THEN 'delayed'
                 ELSE 'ready' END
        WHERE w.queue = $1 AND w.id = ANY(ARRAY(SELECT id FROM fresh UNION SELECT id FROM heads WHERE id IS NOT NULL))
        """;

    /// <summary>The best ranked items of keys that have places again. <c>$2</c> are the keys, <c>$3</c> how many of a key may be in flight.</summary>
    public const string Unlimit =
        """
        UPDATE work_item SET state = 'ready' WHERE queue = $1 AND id = ANY(ARRAY(
            SELECT l.id FROM (SELECT DISTINCT unnest($2::text[]) AS key) k CROSS JOIN LATERAL (
                SELECT i.id FROM work_item i WHERE i.queue = $1 AND i.limit_key = k.key AND i.state = 'limited'
                ORDER BY i.rank, i.sequence
                LIMIT greatest(0, $3::bigint - (
                    SELECT count(*) FROM work_item f WHERE f.queue = $1 AND f.limit_key = k.key AND f.state = 'in_flight'))) l))
        """;

    public const string CountInFlight =
        "SELECT count(*) FROM work_item WHERE queue = $1 AND state IN ('delayed', 'in_flight') AND state = 'in_flight'";

    // $3: most, $4: until when they are invisible; null for ever.
    public const string Take =
        $"""
        WITH taken AS MATERIALIZED (
            SELECT id FROM work_item WHERE queue = $1 AND state = 'ready' ORDER BY rank, sequence LIMIT $3
        ), told AS ({Told})
        UPDATE work_item SET {Received}
        WHERE queue = $1 AND id = ANY(ARRAY(SELECT id FROM taken))
        RETURNING {Columns}
        """;

    /// <summary>
    /// As <see cref="Take"/>, for a queue with a limit for each key. Of <c>$5</c> candidates, those whose key is full are set apart, so that
    /// the next look does not see them again; <c>$6</c> is the limit. The first column tells how many were.
    /// </summary>
    public const string TakeByKey =
        $"""
        WITH candidates AS MATERIALIZED (
            SELECT id, limit_key, rank, sequence FROM work_item WHERE queue = $1 AND state = 'ready' ORDER BY rank, sequence LIMIT $5
        ), placed AS MATERIALIZED (
            SELECT c.id, c.rank, c.sequence,
                   CASE WHEN c.limit_key IS NULL THEN 0
                        ELSE row_number() OVER (PARTITION BY c.limit_key ORDER BY c.rank, c.sequence)
                           + (SELECT count(*) FROM work_item f
                              WHERE f.queue = $1 AND f.limit_key = c.limit_key AND f.state = 'in_flight') END AS place
            FROM candidates c
        ), taken AS MATERIALIZED (
            SELECT id FROM placed WHERE place <= $6 ORDER BY rank, sequence LIMIT $3
        ), told AS ({Told}), over AS (
            UPDATE work_item SET state = 'limited' WHERE queue = $1 AND id = ANY(ARRAY(SELECT id FROM placed WHERE place > $6)) RETURNING 1
        ), moved AS (
            UPDATE work_item SET {Received}
            WHERE queue = $1 AND id = ANY(ARRAY(SELECT id FROM taken))
            RETURNING {Columns}
        )
        SELECT (SELECT count(*) FROM over), m.* FROM (SELECT 1) one LEFT JOIN moved m ON true
        """;

    public const string SpendTokens = "UPDATE work_queue SET tokens = $3, tokens_at = $2 WHERE name = $1";

    public const string ForgetEvents = "DELETE FROM work_queue_event WHERE queue = $1 AND at < $2::timestamptz - interval '1 minute'";

    const string Told =
        """
        INSERT INTO work_queue_event (queue, at, enqueued, dequeued)
        SELECT $1, $2::timestamptz, 0, count(*) FROM taken HAVING count(*) > 0
        """;

    const string Received =
        """
        state = 'in_flight', receipt = gen_random_uuid(), received = received + 1,
        visible_at = coalesce($2::timestamptz + $4::bigint * interval '1 microsecond', 'infinity')
        """;
}
