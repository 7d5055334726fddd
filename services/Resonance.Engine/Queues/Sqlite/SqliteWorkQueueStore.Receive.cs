using MassTransit;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Queues.Sqlite;

// Receiving.
sealed partial class SqliteWorkQueueStore
{
    const string DueSql =
        """
        SELECT sequence, state, received, group_id, limit_key FROM work_item
        WHERE queue = $1 AND state IN ('delayed', 'in_flight') AND visible_at <= $2 ORDER BY visible_at
        """;

    const string RipenSql = "UPDATE work_item SET state = 'ready', receipt = NULL WHERE sequence = $1";

    const string BurySql = "UPDATE work_item SET state = 'dead', receipt = NULL, dead_at = $2, dead_reason = $3 WHERE sequence = $1";

    const string InFlightSql =
        "SELECT count(*) FROM work_item WHERE queue = $1 AND state IN ('delayed', 'in_flight') AND state = 'in_flight'";

    const string ReadySql =
        """
        SELECT sequence, id, body, attributes, group_id, limit_key, priority, enqueued_at, received
        FROM work_item WHERE queue = $1 AND state = 'ready' ORDER BY rank, sequence LIMIT $2
        """;

    const string LimitSql = "UPDATE work_item SET state = 'limited' WHERE sequence = $1";

    const string TakeSql =
        "UPDATE work_item SET state = 'in_flight', receipt = $2, received = received + 1, visible_at = $3 WHERE sequence = $1";

    const string SpendSql = "UPDATE work_queue SET tokens = $2, tokens_at = $3 WHERE name = $1";

    const string ForgetEventsSql = "DELETE FROM work_queue_event WHERE queue = $1 AND at < $2";

    const string NextVisibleSql =
        "SELECT min(visible_at) FROM work_item WHERE queue = $1 AND state IN ('delayed', 'in_flight')";

    const string IsReadySql = "SELECT 1 FROM work_item WHERE queue = $1 AND state = 'ready' LIMIT 1";

    public Task<IReadOnlyList<ReceivedItem>> ReceiveAsync(
        string queue, int most, TimeSpan? visibilityTimeout, CancellationToken cancellationToken) =>
        ReceiveAsync(queue, most, visibilityTimeout, (_, _) => { }, cancellationToken);

    /// <summary>Receives, and does in the same transaction what follows from it.</summary>
    internal Task<IReadOnlyList<ReceivedItem>> ReceiveAsync(
        string queue, int most, TimeSpan? visibilityTimeout, Action<SqliteSession, IReadOnlyList<ReceivedItem>> follow,
        CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        WorkItemCheck.Batch(most, nameof(most));
        if (visibilityTimeout is { } given)
            WorkItemCheck.Visibility(given);

        return connections.WriteAsync<IReadOnlyList<ReceivedItem>>(
            session =>
            {
                var state = SqliteTurns.StateOf(session, queue, time.GetUtcNow());
                if (state.Paused is not null)
                    return [];

                Ripen(session, queue, state);
                var allowed = state.Allowed(most, state.IsCounted ? (long)session.Scalar(InFlightSql, queue)! : 0);
                var taken = allowed < 1 ? [] : Take(session, queue, allowed, visibilityTimeout, state);
                if (taken.Count > 0)
                    follow(session, taken);
                return taken;
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<OutboxMessage>> AdmitAsync(
        string queue, int most, Func<ReceivedItem, OutboxMessage> compose, TimeSpan lease, CancellationToken cancellationToken)
    {
        OutboxMessage[] messages = [];
        await ReceiveAsync(
            queue, most, Timeout.InfiniteTimeSpan,
            (session, taken) =>
            {
                messages = [.. taken.Select(compose)];
                foreach (var message in messages)
                    SqliteStore.InsertMessage(session, message, lease, time.GetUtcNow());
            },
            cancellationToken).ConfigureAwait(false);
        return messages;
    }

    public Task<TimeSpan?> NextVisibleAsync(string queue, CancellationToken cancellationToken) =>
        connections.ReadAsync(
            session =>
            {
                var state = SqliteTurns.StateOf(session, queue, time.GetUtcNow());
                if (state.Paused is not null)
                    return (TimeSpan?)null;

                var full = state.Settings.Concurrency <= (long)session.Scalar(InFlightSql, queue)!;
                if (!full && session.Scalar(IsReadySql, queue) is not null)
                    return state.TokensLeft >= 1 ? TimeSpan.Zero : (1 - state.TokensLeft) / state.Settings.RateLimit!.Value * state.Settings.RatePeriod;
                if (session.Scalar(NextVisibleSql, queue) is not long at || at == SqliteTurns.Never)
                    return null;
                var left = SqliteTime.FromMicroseconds(at) - state.Now;
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            },
            cancellationToken);

    /// <summary>Items whose delay or time-out has ended become ready, or dead letters.</summary>
    static void Ripen(SqliteSession session, string queue, QueueTurn state)
    {
        var due = new List<(long Sequence, string State, int Received, string? Group, string? Key)>();
        using (var reader = session.Query(DueSql, queue, state.Now))
        {
            while (reader.Read())
                due.Add((reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2), Text(reader, 3), Text(reader, 4)));
        }

        foreach (var item in due)
        {
            var dies = item.State == WorkItemState.InFlight && item.Received >= state.Settings.MaxReceiveCount;
            if (dies)
                session.Execute(BurySql, item.Sequence, state.Now, $"received {item.Received} time{(item.Received == 1 ? "" : "s")} and never deleted");
            else
                session.Execute(RipenSql, item.Sequence);
            if (dies || item.State == WorkItemState.InFlight)
                SqliteTurns.Freed(session, queue, dies ? item.Group : null, item.Key, state);
        }
    }

    static List<ReceivedItem> Take(SqliteSession session, string queue, int most, TimeSpan? visibilityTimeout, QueueTurn state)
    {
        var until = Until(state.Now, visibilityTimeout ?? state.Settings.VisibilityTimeout);
        var taken = new List<ReceivedItem>(most);
        var setApart = true;
        while (setApart && taken.Count < most)
        {
            setApart = false;
            foreach (var candidate in Candidates(session, queue, most - taken.Count))
            {
                var sequence = candidate.Sequence;
                if (candidate.LimitKey is { } key && state.Settings.KeyConcurrency <= SqliteTurns.KeyInFlight(session, queue, key))
                {
                    session.Execute(LimitSql, sequence);
                    setApart = true;
                    continue;
                }

                session.Execute(TakeSql, sequence, candidate.Receipt.Handle, until);
                taken.Add(candidate);
            }
        }

        if (taken.Count > 0 && state.Settings.RateLimit is not null)
            session.Execute(SpendSql, queue, state.TokensLeft - taken.Count, state.Now);
        SqliteTurns.Told(session, queue, state.Now, 0, taken.Count);
        session.Execute(ForgetEventsSql, queue, state.Now - TimeSpan.FromMinutes(1));
        return taken;
    }

    static List<ReceivedItem> Candidates(SqliteSession session, string queue, int most)
    {
        var candidates = new List<ReceivedItem>(most);
        using var reader = session.Query(ReadySql, queue, most);
        while (reader.Read())
        {
            candidates.Add(new ReceivedItem
            {
                Sequence = reader.GetInt64(0),
                Receipt = new WorkReceipt(reader.GetGuid(1), NewId.NextGuid()),
                Body = reader.GetFieldValue<byte[]>(2),
                Attributes = WorkItemRow.ReadAttributes(reader.GetString(3)),
                GroupId = Text(reader, 4),
                LimitKey = Text(reader, 5),
                Priority = reader.GetInt32(6),
                EnqueuedAt = SqliteTime.FromMicroseconds(reader.GetInt64(7)),
                ReceiveCount = reader.GetInt32(8) + 1,
            });
        }

        return candidates;
    }
}
