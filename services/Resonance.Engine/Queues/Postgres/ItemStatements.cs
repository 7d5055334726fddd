namespace Resonance.Engine.Queues.Postgres;

/// <summary>How items get into a queue and out of it, in SQL: what senders and those who have received something do, without any lock.</summary>
static class ItemStatements
{
    // $1 queue, $2 time; then a column each. An item without a group needs no place: it is ready, or delayed.
    public const string Send =
        """
        WITH clock AS MATERIALIZED (
            SELECT coalesce($2::timestamptz, statement_timestamp()) AS now,
                   coalesce((SELECT credit FROM work_queue WHERE name = $1), 60000000) * interval '1 microsecond' AS credit,
                   coalesce((SELECT deduplication_window FROM work_queue WHERE name = $1), 300000000) * interval '1 microsecond' AS deduplication
        ), sent AS MATERIALIZED (
            SELECT * FROM unnest(
                $3::uuid[], $4::text[], $5::text[], $6::smallint[], $7::bigint[], $8::bytea[], $9::text[], $10::text[]) WITH ORDINALITY
                AS s(id, group_id, limit_key, priority, delay, body, attributes, deduplication_id, ordinal)
            WHERE (SELECT true FROM work_item w WHERE w.queue = $1 AND w.id = s.id) IS NULL
        ), remembered AS (
            INSERT INTO work_deduplication AS d (queue, deduplication_id, item_id, until)
            SELECT $1, f.deduplication_id, f.id, (SELECT now + deduplication FROM clock)
            FROM (SELECT DISTINCT ON (deduplication_id) deduplication_id, id FROM sent WHERE deduplication_id IS NOT NULL
                  ORDER BY deduplication_id, ordinal) f
            ORDER BY f.deduplication_id
            ON CONFLICT (queue, deduplication_id) DO UPDATE SET item_id = excluded.item_id, until = excluded.until
            WHERE d.until <= (SELECT now FROM clock)
            RETURNING item_id
        ), stored AS (
            INSERT INTO work_item (
                queue, id, group_id, limit_key, priority, state, rank, visible_at, enqueued_at, body, attributes)
            SELECT $1, s.id, s.group_id, s.limit_key, s.priority,
                   CASE WHEN s.group_id IS NOT NULL THEN 'new' WHEN s.delay > 0 THEN 'delayed' ELSE 'ready' END,
                   c.now - s.priority * c.credit, c.now + s.delay * interval '1 microsecond', c.now, s.body, s.attributes
            FROM sent s CROSS JOIN clock c
            WHERE s.deduplication_id IS NULL OR (s.id IN (SELECT item_id FROM remembered)) IS TRUE
            ORDER BY s.ordinal
            ON CONFLICT (queue, id) DO NOTHING
            RETURNING id
        ), told AS (
            INSERT INTO work_queue_event (queue, at, enqueued, dequeued)
            SELECT $1, (SELECT now FROM clock), count(*), 0 FROM stored HAVING count(*) > 0
        )
        SELECT id FROM stored
        """;

    public const string Earlier = "SELECT deduplication_id, item_id FROM work_deduplication WHERE queue = $1 AND deduplication_id = ANY($2)";

    public const string Forget =
        """
        DELETE FROM work_deduplication WHERE queue = $1 AND deduplication_id = ANY(ARRAY(
            SELECT deduplication_id FROM work_deduplication
            WHERE queue = $1 AND until <= coalesce($2::timestamptz, statement_timestamp()) ORDER BY until LIMIT 1000 FOR UPDATE SKIP LOCKED))
        """;

    // A handle is nobody else's, so that items and handles need not be paired.
    public const string Delete =
        """
        WITH gone AS (
            DELETE FROM work_item
            WHERE queue = $1 AND id = ANY($3) AND receipt = ANY($4) AND state = 'in_flight'
              AND visible_at > coalesce($2::timestamptz, statement_timestamp())
            RETURNING id, group_id, limit_key
        ), freed AS (
            INSERT INTO work_freed (queue, group_id, limit_key)
            SELECT $1, group_id, limit_key FROM gone WHERE group_id IS NOT NULL OR limit_key IS NOT NULL
        )
        SELECT id FROM gone
        """;

    public const string ChangeVisibility =
        """
        UPDATE work_item SET visible_at = coalesce(coalesce($2::timestamptz, statement_timestamp()) + $5::bigint * interval '1 microsecond', 'infinity')
        WHERE queue = $1 AND id = ANY($3) AND receipt = ANY($4) AND state = 'in_flight'
          AND visible_at > coalesce($2::timestamptz, statement_timestamp())
        RETURNING id
        """;

    public const string Present = "SELECT id FROM work_item WHERE queue = $1 AND id = ANY($2)";

    /// <summary>Microseconds; null when nothing is on its way. A queue that is paused or full waits for somebody, not for a time.</summary>
    public const string NextVisible =
        """
        WITH clock AS MATERIALIZED (SELECT coalesce($2::timestamptz, statement_timestamp()) AS now)
        SELECT CASE
            WHEN q.paused_at IS NOT NULL THEN NULL
            WHEN q.concurrency <= (
                SELECT count(*) FROM work_item
                WHERE queue = $1 AND state IN ('delayed', 'in_flight') AND state = 'in_flight' AND visible_at > c.now) THEN w.later
            WHEN w.waiting AND q.rate_limit IS NOT NULL AND q.tokens_at IS NOT NULL
                THEN greatest(0, ceil((1 - q.tokens) * q.rate_period / q.rate_limit)::bigint
                                 - (extract(epoch FROM c.now - q.tokens_at) * 1000000)::bigint)
            WHEN w.waiting THEN 0
            ELSE w.later END
        FROM clock c CROSS JOIN LATERAL (
            SELECT EXISTS (SELECT FROM work_item WHERE queue = $1 AND state = 'ready')
                OR EXISTS (SELECT FROM work_item WHERE queue = $1 AND state = 'new')
                OR EXISTS (SELECT FROM work_freed WHERE queue = $1) AS waiting,
                (SELECT CASE WHEN visible_at = 'infinity' THEN NULL
                             ELSE greatest(0, (extract(epoch FROM visible_at - c.now) * 1000000)::bigint) END
                 FROM work_item WHERE queue = $1 AND state IN ('delayed', 'in_flight') ORDER BY visible_at LIMIT 1) AS later) w
        LEFT JOIN work_queue q ON q.name = $1
        """;
}
