using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Queues.Sqlite;

// What is in a queue, and what was done to it.
sealed partial class SqliteWorkQueueStore
{
    const string CountSql =
        """
        SELECT CASE WHEN state IN ('delayed', 'in_flight') AND visible_at <= $2 THEN 'ready' ELSE state END AS state_now,
               count(*), min(enqueued_at)
        FROM work_item WHERE queue = $1 GROUP BY state_now
        """;

    const string RatesSql =
        "SELECT coalesce(sum(enqueued), 0), coalesce(sum(dequeued), 0) FROM work_queue_event WHERE queue = $1 AND at > $2 AND at <= $3";

    const string KeysSql =
        """
        SELECT kind, key, count(*) - sum(flying) AS waiting, sum(flying)
        FROM (
            SELECT 'group' AS kind, group_id AS key, state = 'in_flight' AND visible_at > $2 AS flying
            FROM work_item WHERE queue = $1 AND group_id IS NOT NULL AND state <> 'dead'
            UNION ALL
            SELECT 'limit', limit_key, state = 'in_flight' AND visible_at > $2
            FROM work_item WHERE queue = $1 AND limit_key IS NOT NULL AND state <> 'dead')
        GROUP BY kind, key ORDER BY count(*) DESC, kind, key LIMIT $3
        """;

    const string LocateSql =
        """
        SELECT w.state, w.group_id, w.limit_key, w.enqueued_at,
               CASE WHEN w.state IN ('delayed', 'in_flight') THEN w.visible_at END,
               CASE WHEN w.state IN ('in_flight', 'dead') THEN 0 ELSE (
                   SELECT count(*) FROM (
                       SELECT 1 FROM work_item o
                       WHERE o.queue = $1 AND o.state NOT IN ('in_flight', 'dead', 'delayed')
                         AND ((o.rank, o.sequence) < (w.rank, w.sequence) OR o.group_id = w.group_id AND o.sequence < w.sequence)
                       LIMIT 10000)) END
        FROM work_item w WHERE w.queue = $1 AND w.id = $2
        """;

    const string PeekSql =
        """
        SELECT id, CASE WHEN state IN ('delayed', 'in_flight') AND visible_at <= $2 THEN 'ready' ELSE state END AS state_now, group_id,
               limit_key, priority, enqueued_at, received, sequence, dead_reason, attributes, body
        FROM work_item WHERE queue = $1 AND sequence > $3 AND ($4 IS NULL OR state_now = $4) ORDER BY sequence LIMIT $5
        """;

    const string ChangesSql =
        "SELECT action, author, reason, changed_at, settings, items FROM work_queue_change WHERE queue = $1 ORDER BY number DESC LIMIT $2";

    public Task<IReadOnlyList<StoredWorkQueue>> ListAsync(CancellationToken cancellationToken) =>
        connections.ReadAsync<IReadOnlyList<StoredWorkQueue>>(session => Queues(session, null), cancellationToken);

    public Task<StoredWorkQueue?> FindAsync(string queue, CancellationToken cancellationToken) =>
        connections.ReadAsync(session => Find(session, queue), cancellationToken);

    public Task<IReadOnlyList<WorkQueueChange>> ChangesAsync(string queue, int most, CancellationToken cancellationToken) =>
        connections.ReadAsync<IReadOnlyList<WorkQueueChange>>(
            session =>
            {
                using var reader = session.Query(ChangesSql, queue, most);
                var changes = new List<WorkQueueChange>();
                while (reader.Read())
                {
                    changes.Add(new WorkQueueChange(
                        reader.GetString(0), reader.GetString(1), reader.GetString(2), SqliteTime.FromMicroseconds(reader.GetInt64(3)),
                        SettingsJson.Read(reader.GetString(4)), reader.IsDBNull(5) ? null : reader.GetInt64(5)));
                }

                return changes;
            },
            cancellationToken);

    public Task<WorkQueueFigures> CountAsync(string queue, int topKeys, CancellationToken cancellationToken) =>
        connections.ReadAsync(
            session =>
            {
                var state = SqliteTurns.StateOf(session, queue, time.GetUtcNow());
                var tally = new WorkQueueTally();
                using (var reader = session.Query(CountSql, queue, state.Now))
                {
                    while (reader.Read())
                        tally.Add(reader.GetString(0), reader.GetInt64(1), SqliteTime.FromMicroseconds(reader.GetInt64(2)));
                }

                long enqueued, dequeued;
                using (var reader = session.Query(RatesSql, queue, state.Now - TimeSpan.FromMinutes(1), state.Now))
                {
                    reader.Read();
                    (enqueued, dequeued) = (reader.GetInt64(0), reader.GetInt64(1));
                }

                return tally.Figures(state, enqueued, dequeued, Keys(session, queue, state, topKeys));
            },
            cancellationToken);

    public Task<WorkItemPlace?> LocateAsync(string queue, Guid item, CancellationToken cancellationToken) =>
        connections.ReadAsync(
            session =>
            {
                using var reader = session.Query(LocateSql, queue, item);
                if (!reader.Read())
                    return null;
                DateTimeOffset? visibleAt = reader.IsDBNull(4) || reader.GetInt64(4) == SqliteTurns.Never
                    ? null : SqliteTime.FromMicroseconds(reader.GetInt64(4));
                return new WorkItemPlace(
                    reader.GetString(0), reader.GetInt64(5), Text(reader, 1), Text(reader, 2),
                    SqliteTime.FromMicroseconds(reader.GetInt64(3)), visibleAt);
            },
            cancellationToken);

    public Task<IReadOnlyList<ListedWorkItem>> PeekAsync(
        string queue, string? state, long? after, int most, CancellationToken cancellationToken)
    {
        WorkItemCheck.Batch(most, nameof(most));
        return connections.ReadAsync<IReadOnlyList<ListedWorkItem>>(
            session =>
            {
                using var reader = session.Query(PeekSql, queue, time.GetUtcNow(), after ?? 0, state, most);
                var items = new List<ListedWorkItem>();
                while (reader.Read())
                {
                    items.Add(new ListedWorkItem
                    {
                        Id = reader.GetGuid(0),
                        State = reader.GetString(1),
                        GroupId = Text(reader, 2),
                        LimitKey = Text(reader, 3),
                        Priority = reader.GetInt32(4),
                        EnqueuedAt = SqliteTime.FromMicroseconds(reader.GetInt64(5)),
                        ReceiveCount = reader.GetInt32(6),
                        Sequence = reader.GetInt64(7),
                        DeadReason = Text(reader, 8),
                        Attributes = WorkItemRow.ReadAttributes(reader.GetString(9)),
                        Body = reader.GetFieldValue<byte[]>(10),
                    });
                }

                return items;
            },
            cancellationToken);
    }

    static List<WorkKeyCount> Keys(SqliteSession session, string queue, QueueTurn state, int most)
    {
        var keys = new List<WorkKeyCount>();
        if (most < 1)
            return keys;

        using var reader = session.Query(KeysSql, queue, state.Now, most);
        while (reader.Read())
            keys.Add(new WorkKeyCount(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));
        return keys;
    }
}
