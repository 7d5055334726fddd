namespace Resonance.Engine.Queues.Postgres;

/// <summary>What operators do and see, in SQL. What changes the state of an item that waits is done under the queue's lock.</summary>
static class DeskStatements
{
    public const string Queues =
        """
        SELECT credit, visibility_timeout, max_receive_count, deduplication_window, concurrency, key_concurrency, rate_limit, rate_period,
               revision, paused_by, paused_reason, paused_at, tokens, tokens_at, now(), name
        FROM work_queue
        """;

    // $2 to $9 are the settings.
    public const string Declare =
        """
        INSERT INTO work_queue (
            name, credit, visibility_timeout, max_receive_count, deduplication_window, concurrency, key_concurrency, rate_limit, rate_period)
        SELECT $1, $2::bigint, $3::bigint, $4::integer, $5::bigint, $6::integer, $7::integer, $8::integer, $9::bigint
        ON CONFLICT (name) DO NOTHING
        """;

    // A rate limit that changes begins full.
    public const string Put =
        """
        INSERT INTO work_queue AS q (
            name, credit, visibility_timeout, max_receive_count, deduplication_window, concurrency, key_concurrency, rate_limit, rate_period)
        SELECT $1, $2::bigint, $3::bigint, $4::integer, $5::bigint, $6::integer, $7::integer, $8::integer, $9::bigint
        WHERE $10::bigint IS NULL OR coalesce((SELECT revision FROM work_queue WHERE name = $1), 0) = $10
        ON CONFLICT (name) DO UPDATE SET
            credit = excluded.credit, visibility_timeout = excluded.visibility_timeout, max_receive_count = excluded.max_receive_count,
            deduplication_window = excluded.deduplication_window, concurrency = excluded.concurrency,
            key_concurrency = excluded.key_concurrency, rate_limit = excluded.rate_limit, rate_period = excluded.rate_period,
            tokens = CASE WHEN q.rate_limit = excluded.rate_limit AND q.rate_period = excluded.rate_period THEN q.tokens END,
            tokens_at = CASE WHEN q.rate_limit = excluded.rate_limit AND q.rate_period = excluded.rate_period THEN q.tokens_at END,
            revision = q.revision + 1
        RETURNING revision
        """;

    /// <summary>What waits is ranked anew where the credit has changed, and whether a key is full is seen anew.</summary>
    public const string Rank =
        """
        UPDATE work_item SET rank = enqueued_at - priority * $2::bigint * interval '1 microsecond',
                             state = CASE WHEN state = 'limited' THEN 'ready' ELSE state END
        WHERE queue = $1 AND state <> 'dead'
          AND (state = 'limited' OR rank <> enqueued_at - priority * $2::bigint * interval '1 microsecond')
        """;

    public const string Pause =
        """
        UPDATE work_queue SET paused_by = $3, paused_reason = $4, paused_at = coalesce($2::timestamptz, statement_timestamp()),
                              revision = revision + 1
        WHERE name = $1 AND paused_at IS NULL
        """;

    public const string Resume =
        """
        UPDATE work_queue SET paused_by = NULL, paused_reason = NULL, paused_at = NULL, revision = revision + 1
        WHERE name = $1 AND paused_at IS NOT NULL
        """;

    public const string Purge = "DELETE FROM work_item WHERE queue = $1 AND state <> 'dead'";

    public const string PurgeFreed = "DELETE FROM work_freed WHERE queue = $1";

    // $3: which, null for any; $4: how many. Those of a group come behind what waits in it.
    public const string Redrive =
        """
        WITH chosen AS MATERIALIZED (
            SELECT id, sequence FROM work_item WHERE queue = $1 AND state = 'dead' AND ($3::uuid[] IS NULL OR id = ANY($3))
            ORDER BY sequence LIMIT $4
        ), renewed AS MATERIALIZED (
            SELECT id, nextval('work_item_sequence') AS sequence FROM (SELECT id FROM chosen ORDER BY sequence) c
        )
        UPDATE work_item w SET
            state = CASE WHEN w.group_id IS NULL THEN 'ready' ELSE 'new' END,
            sequence = (SELECT r.sequence FROM renewed r WHERE r.id = w.id),
            enqueued_at = coalesce($2::timestamptz, statement_timestamp()),
            rank = coalesce($2::timestamptz, statement_timestamp())
                - w.priority * coalesce((SELECT credit FROM work_queue WHERE name = $1), 60000000) * interval '1 microsecond',
            visible_at = coalesce($2::timestamptz, statement_timestamp()),
            received = 0, dead_at = NULL, dead_reason = NULL
        WHERE w.queue = $1 AND w.id = ANY(ARRAY(SELECT id FROM chosen))
        """;

    public const string Change =
        """
        INSERT INTO work_queue_change (queue, action, author, reason, settings, items, changed_at)
        VALUES ($1, $3, $4, $5, $6, $7, coalesce($2::timestamptz, statement_timestamp()))
        """;

    public const string Changes =
        """
        SELECT action, author, reason, changed_at, settings, items FROM work_queue_change WHERE queue = $1 ORDER BY number DESC LIMIT $2
        """;

    /// <summary>By state, as they would be if a receive looked now.</summary>
    public const string Count =
        """
        SELECT CASE WHEN state IN ('delayed', 'in_flight') AND visible_at <= $2 THEN 'ready' ELSE state END AS state_now,
               count(*), min(enqueued_at)
        FROM work_item WHERE queue = $1 GROUP BY state_now
        """;

    public const string Rates =
        """
        SELECT coalesce(sum(enqueued), 0)::bigint, coalesce(sum(dequeued), 0)::bigint
        FROM work_queue_event WHERE queue = $1 AND at > $2::timestamptz - interval '1 minute' AND at <= $2
        """;

    public const string Keys =
        """
        SELECT kind, key, count(*) FILTER (WHERE NOT flying) AS waiting, count(*) FILTER (WHERE flying) AS flying
        FROM (
            SELECT 'group' AS kind, group_id AS key, state = 'in_flight' AND visible_at > $2 AS flying
            FROM work_item WHERE queue = $1 AND group_id IS NOT NULL AND state <> 'dead'
            UNION ALL
            SELECT 'limit', limit_key, state = 'in_flight' AND visible_at > $2
            FROM work_item WHERE queue = $1 AND limit_key IS NOT NULL AND state <> 'dead') k
        GROUP BY kind, key ORDER BY count(*) DESC, kind, key LIMIT $3
        """;

    public const string Locate =
        """
        SELECT w.state, w.group_id, w.limit_key, w.enqueued_at,
               CASE WHEN w.state IN ('delayed', 'in_flight') AND w.visible_at <> 'infinity' THEN w.visible_at END,
               CASE WHEN w.state IN ('in_flight', 'dead') THEN 0 ELSE (
                   SELECT count(*) FROM (
                       SELECT 1 FROM work_item o
                       WHERE o.queue = $1 AND o.state NOT IN ('in_flight', 'dead', 'delayed')
                         AND ((o.rank, o.sequence) < (w.rank, w.sequence) OR o.group_id = w.group_id AND o.sequence < w.sequence)
                       LIMIT 10000) a) END
        FROM work_item w WHERE w.queue = $1 AND w.id = $2
        """;

    public const string Peek =
        """
        SELECT id, CASE WHEN state IN ('delayed', 'in_flight') AND visible_at <= $2 THEN 'ready' ELSE state END, group_id, limit_key, priority,
               enqueued_at, received, sequence, dead_reason, attributes, body
        FROM work_item
        WHERE queue = $1 AND sequence > $3
          AND ($4::text IS NULL OR CASE WHEN state IN ('delayed', 'in_flight') AND visible_at <= $2 THEN 'ready' ELSE state END = $4)
        ORDER BY sequence LIMIT $5
        """;
}
