using Microsoft.Data.Sqlite;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Queues.Sqlite;

/// <summary>Who comes next, in a session that has the database to itself: every item stands in its place from the moment it is sent.</summary>
static class SqliteTurns
{
    /// <summary>The largest time: what has no end.</summary>
    public const long Never = long.MaxValue;

    const string StateSql =
        """
        SELECT credit, visibility_timeout, max_receive_count, deduplication_window, concurrency, key_concurrency, rate_limit, rate_period,
               revision, paused_by, paused_reason, paused_at, tokens, tokens_at
        FROM work_queue WHERE name = $1
        """;

    const string InsertSql =
        """
        INSERT INTO work_item (queue, id, group_id, limit_key, priority, state, rank, visible_at, enqueued_at, body, attributes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (queue, id) DO NOTHING
        """;

    const string HeadSql =
        """
        SELECT 1 FROM work_item WHERE queue = $1 AND group_id = $2 AND group_id IS NOT NULL
            AND state IN ('ready', 'limited', 'delayed', 'in_flight')
        """;

    const string PromoteSql =
        """
        UPDATE work_item SET state = CASE WHEN visible_at > $3 THEN 'delayed' ELSE 'ready' END
        WHERE sequence = (
            SELECT sequence FROM work_item WHERE queue = $1 AND group_id = $2 AND group_id IS NOT NULL AND state = 'behind'
            ORDER BY sequence LIMIT 1)
        """;

    const string UnlimitSql =
        """
        UPDATE work_item SET state = 'ready' WHERE sequence IN (
            SELECT sequence FROM work_item WHERE queue = $1 AND limit_key = $2 AND limit_key IS NOT NULL AND state = 'limited'
            ORDER BY rank, sequence LIMIT $3)
        """;

    const string KeyInFlightSql =
        "SELECT count(*) FROM work_item WHERE queue = $1 AND limit_key = $2 AND limit_key IS NOT NULL AND state = 'in_flight'";

    const string ToldSql = "INSERT INTO work_queue_event (queue, at, enqueued, dequeued) VALUES ($1, $2, $3, $4)";

    const string RemoveSql = "DELETE FROM work_item WHERE queue = $1 AND id = $2 RETURNING group_id, limit_key";

    public static QueueTurn StateOf(SqliteSession session, string queue, DateTimeOffset now)
    {
        using var reader = session.Query(StateSql, queue);
        return reader.Read() ? Read(reader, now) : new QueueTurn(new WorkQueueSettings(), 0, null, null, null, now);
    }

    public static QueueTurn Read(SqliteDataReader reader, DateTimeOffset now)
    {
        var settings = new WorkQueueSettings
        {
            CreditPerLevel = TimeSpan.FromMicroseconds(reader.GetInt64(0)),
            VisibilityTimeout = TimeSpan.FromMicroseconds(reader.GetInt64(1)),
            MaxReceiveCount = Number(2),
            DeduplicationWindow = TimeSpan.FromMicroseconds(reader.GetInt64(3)),
            Concurrency = Number(4),
            KeyConcurrency = Number(5),
            RateLimit = Number(6),
            RatePeriod = TimeSpan.FromMicroseconds(reader.GetInt64(7)),
        };
        var paused = reader.IsDBNull(11) ? null
            : new WorkQueuePause(reader.GetString(9), reader.GetString(10), SqliteTime.FromMicroseconds(reader.GetInt64(11)));
        return new QueueTurn(
            settings, reader.GetInt64(8), paused, reader.IsDBNull(12) ? null : reader.GetDouble(12),
            reader.IsDBNull(13) ? null : SqliteTime.FromMicroseconds(reader.GetInt64(13)), now);

        int? Number(int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);
    }

    /// <returns>False when the queue holds an item with this id.</returns>
    public static bool Insert(SqliteSession session, WorkItemRow row, QueueTurn state)
    {
        var place = row.GroupId is not null && session.Scalar(HeadSql, row.Queue, row.GroupId) is not null ? WorkItemState.Behind
            : row.Delay > TimeSpan.Zero ? WorkItemState.Delayed
            : WorkItemState.Ready;
        return session.Execute(
            InsertSql, row.Queue, row.Id, row.GroupId, row.LimitKey, row.Priority, place,
            state.Now - row.Priority * state.Settings.CreditPerLevel, state.Now + row.Delay, state.Now, row.Body, row.Attributes) > 0;
    }

    /// <summary>Takes an item out of its queue for good, whatever state it is in.</summary>
    public static void Remove(SqliteSession session, string queue, Guid item, QueueTurn state)
    {
        (string? Group, string? Key)? left = null;
        using (var reader = session.Query(RemoveSql, queue, item))
        {
            if (reader.Read())
                left = (reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1));
        }

        if (left is { } gone)
            Freed(session, queue, gone.Group, gone.Key, state);
    }

    /// <summary>An item has left its group, its limit key or both: those who come after it move up.</summary>
    public static void Freed(SqliteSession session, string queue, string? group, string? key, QueueTurn state)
    {
        if (group is not null && session.Scalar(HeadSql, queue, group) is null)
            session.Execute(PromoteSql, queue, group, state.Now);
        if (key is null)
            return;

        var places = (state.Settings.KeyConcurrency ?? int.MaxValue) - KeyInFlight(session, queue, key);
        if (places > 0)
            session.Execute(UnlimitSql, queue, key, places);
    }

    public static long KeyInFlight(SqliteSession session, string queue, string key) =>
        (long)session.Scalar(KeyInFlightSql, queue, key)!;

    public static void Told(SqliteSession session, string queue, DateTimeOffset now, int enqueued, int dequeued)
    {
        if (enqueued + dequeued > 0)
            session.Execute(ToldSql, queue, now, enqueued, dequeued);
    }
}
