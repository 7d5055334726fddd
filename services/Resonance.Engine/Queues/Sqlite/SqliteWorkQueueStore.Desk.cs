using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Queues.Sqlite;

// What operators do.
sealed partial class SqliteWorkQueueStore
{
    const string QueuesSql =
        """
        SELECT credit, visibility_timeout, max_receive_count, deduplication_window, concurrency, key_concurrency, rate_limit, rate_period,
               revision, paused_by, paused_reason, paused_at, tokens, tokens_at, name
        FROM work_queue WHERE $1 IS NULL OR name = $1 ORDER BY name
        """;

    const string DeclareSql =
        """
        INSERT INTO work_queue (
            name, credit, visibility_timeout, max_receive_count, deduplication_window, concurrency, key_concurrency, rate_limit, rate_period)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (name) DO NOTHING
        """;

    // A rate limit that changes begins full.
    const string UpdateSql =
        """
        UPDATE work_queue SET
            credit = $2, visibility_timeout = $3, max_receive_count = $4, deduplication_window = $5, concurrency = $6, key_concurrency = $7,
            tokens = CASE WHEN rate_limit IS $8 AND rate_period = $9 THEN tokens END,
            tokens_at = CASE WHEN rate_limit IS $8 AND rate_period = $9 THEN tokens_at END,
            rate_limit = $8, rate_period = $9, revision = revision + 1
        WHERE name = $1
        """;

    const string RankSql =
        """
        UPDATE work_item SET rank = enqueued_at - priority * $2, state = CASE WHEN state = 'limited' THEN 'ready' ELSE state END
        WHERE queue = $1 AND state <> 'dead' AND (state = 'limited' OR rank <> enqueued_at - priority * $2)
        """;

    const string PauseSql =
        """
        UPDATE work_queue SET paused_by = $2, paused_reason = $3, paused_at = $4, revision = revision + 1
        WHERE name = $1 AND paused_at IS NULL
        """;

    const string ResumeSql =
        """
        UPDATE work_queue SET paused_by = NULL, paused_reason = NULL, paused_at = NULL, revision = revision + 1
        WHERE name = $1 AND paused_at IS NOT NULL
        """;

    const string PurgeSql = "DELETE FROM work_item WHERE queue = $1 AND state <> 'dead'";

    const string DeadSql = "SELECT sequence, id, group_id FROM work_item WHERE queue = $1 AND state = 'dead' ORDER BY sequence";

    const string RedriveSql =
        """
        UPDATE work_item SET
            sequence = 1 + (SELECT seq FROM sqlite_sequence WHERE name = 'work_item'), state = $2, rank = $3 - priority * $4,
            enqueued_at = $3, visible_at = $3, received = 0, dead_at = NULL, dead_reason = NULL
        WHERE sequence = $1
        """;

    // An update does not count the sequence on.
    const string CountOnSql = "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'work_item'";

    const string HeadOfSql =
        """
        SELECT 1 FROM work_item WHERE queue = $1 AND group_id = $2 AND group_id IS NOT NULL
            AND state IN ('ready', 'limited', 'delayed', 'in_flight')
        """;

    const string ChangeSql =
        """
        INSERT INTO work_queue_change (queue, action, author, reason, settings, items, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
        """;

    public Task DeclareAsync(string queue, WorkQueueSettings settings, CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        WorkItemCheck.Settings(settings);
        return connections.WriteAsync(session => session.Execute(DeclareSql, Values(queue, settings)), cancellationToken);
    }

    public Task<StoredWorkQueue?> PutAsync(
        string queue, WorkQueueSettings settings, QueueAuthor author, long? expectedRevision, CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        WorkItemCheck.Settings(settings);
        return TellAsync(
            queue,
            session =>
            {
                if (expectedRevision is { } expected && (Find(session, queue)?.Revision ?? 0) != expected)
                    return null;

                if (session.Execute(UpdateSql, Values(queue, settings)) == 0)
                    session.Execute(DeclareSql, Values(queue, settings));
                session.Execute(RankSql, queue, settings.CreditPerLevel);
                Note(session, queue, "put", author, settings, items: null);
                return Find(session, queue);
            },
            cancellationToken);
    }

    public Task<bool> PauseAsync(string queue, bool pause, QueueAuthor author, CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        return TellAsync(
            queue,
            session =>
            {
                var changed = pause
                    ? session.Execute(PauseSql, queue, author.By, author.Reason, time.GetUtcNow())
                    : session.Execute(ResumeSql, queue);
                if (changed > 0)
                    Note(session, queue, pause ? "paused" : "resumed", author, Find(session, queue)!.Settings, items: null);
                return changed > 0;
            },
            cancellationToken);
    }

    public Task<long> PurgeAsync(string queue, QueueAuthor author, CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        return TellAsync(
            queue,
            session =>
            {
                long purged = session.Execute(PurgeSql, queue);
                Note(session, queue, "purged", author, Find(session, queue)?.Settings ?? new WorkQueueSettings(), purged);
                return purged;
            },
            cancellationToken);
    }

    public Task<int> RedriveAsync(
        string queue, IReadOnlyCollection<Guid>? items, int most, QueueAuthor author, CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        WorkItemCheck.Batch(most, nameof(most));
        return TellAsync(
            queue,
            session =>
            {
                var state = SqliteTurns.StateOf(session, queue, time.GetUtcNow());
                var chosen = Dead(session, queue).Where(dead => items is null || items.Contains(dead.Id)).Take(most).ToArray();
                foreach (var dead in chosen)
                {
                    var behind = dead.Group is not null && session.Scalar(HeadOfSql, queue, dead.Group) is not null;
                    session.Execute(
                        RedriveSql, dead.Sequence, behind ? WorkItemState.Behind : WorkItemState.Ready, state.Now, state.Settings.CreditPerLevel);
                    session.Execute(CountOnSql);
                }

                if (chosen.Length > 0)
                    Note(session, queue, "redriven", author, state.Settings, chosen.Length);
                return chosen.Length;
            },
            cancellationToken);
    }

    static List<(long Sequence, Guid Id, string? Group)> Dead(SqliteSession session, string queue)
    {
        using var reader = session.Query(DeadSql, queue);
        var dead = new List<(long, Guid, string?)>();
        while (reader.Read())
            dead.Add((reader.GetInt64(0), reader.GetGuid(1), Text(reader, 2)));
        return dead;
    }

    void Note(SqliteSession session, string queue, string action, QueueAuthor author, WorkQueueSettings settings, long? items) =>
        session.Execute(ChangeSql, queue, action, author.By, author.Reason, SettingsJson.Write(settings), items, time.GetUtcNow());

    StoredWorkQueue? Find(SqliteSession session, string queue) => Queues(session, queue).SingleOrDefault();

    List<StoredWorkQueue> Queues(SqliteSession session, string? queue)
    {
        using var reader = session.Query(QueuesSql, queue);
        var queues = new List<StoredWorkQueue>();
        while (reader.Read())
        {
            var state = SqliteTurns.Read(reader, time.GetUtcNow());
            queues.Add(new StoredWorkQueue(reader.GetString(14), state.Settings, state.Revision, state.Paused));
        }

        return queues;
    }

    static object?[] Values(string queue, WorkQueueSettings settings) =>
    [
        queue, settings.CreditPerLevel, settings.VisibilityTimeout, settings.MaxReceiveCount, settings.DeduplicationWindow,
        settings.Concurrency, settings.KeyConcurrency, settings.RateLimit, settings.RatePeriod,
    ];
}
