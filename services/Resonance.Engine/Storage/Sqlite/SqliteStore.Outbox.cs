using Microsoft.Data.Sqlite;

namespace Resonance.Engine.Storage.Sqlite;

// Messages and timers.
sealed partial class SqliteStore
{
    const string InsertMessageSql =
        """
        INSERT INTO outbox (message_id, workflow_id, token, timer, due_at, available_at, destination, content_type, body, envelope,
            trace_parent, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """;

    const string EnqueueSql = $"{InsertMessageSql} ON CONFLICT (message_id) DO NOTHING";

    const string DueSql =
        """
        SELECT message_id, workflow_id, token, timer, destination, content_type, body, envelope, trace_parent, attempts, $1 - due_at
        FROM outbox WHERE available_at <= $1 AND set_aside_at IS NULL
        ORDER BY available_at, rowid LIMIT $2
        """;

    const string LeaseSql = "UPDATE outbox SET available_at = $2 WHERE message_id IN (SELECT value FROM json_each($1))";

    const string NextDueSql = "SELECT min(available_at) FROM outbox WHERE set_aside_at IS NULL";

    const string CompleteSql = "DELETE FROM outbox WHERE message_id IN (SELECT value FROM json_each($1))";

    const string CancelTimersSql = "DELETE FROM outbox WHERE token IN (SELECT value FROM json_each($1))";

    const string PostponeSql =
        """
        UPDATE outbox SET attempts = attempts + 1, last_error = $3, available_at = $2
        WHERE message_id = $1 AND set_aside_at IS NULL
        """;

    const string SetAsideSql =
        "UPDATE outbox SET available_at = NULL, set_aside_at = $2, set_aside_reason = $3 WHERE message_id = $1 AND set_aside_at IS NULL";

    /// <summary>The attempts begin anew, or the first failure would set the message aside again.</summary>
    const string RedriveSql =
        """
        UPDATE outbox SET available_at = $2, set_aside_at = NULL, set_aside_reason = NULL, attempts = 0
        WHERE message_id = $1 AND set_aside_at IS NOT NULL
        """;

    const string ReleaseLeasesSql = "UPDATE outbox SET available_at = $1 WHERE available_at > $1 AND due_at <= $1";

    public Task EnqueueAsync(IReadOnlyList<OutboxMessage> messages, TimeSpan lease, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
            return Task.CompletedTask;

        return connections.WriteAsync(
            session =>
            {
                foreach (var message in messages)
                    InsertMessage(session, EnqueueSql, message.WorkflowId, message, lease);
                return messages.Count;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<OutboxMessage>> ClaimDueAsync(int most, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return connections.WriteAsync(session => Claim(session, most, lease), cancellationToken);
    }

    public Task<TimeSpan?> NextDueAsync(CancellationToken cancellationToken) =>
        connections.ReadAsync(
            session => session.Scalar(NextDueSql) is long microseconds ? Until(SqliteTime.FromMicroseconds(microseconds)) : null,
            cancellationToken);

    public Task CompleteAsync(IReadOnlyCollection<Guid> messageIds, CancellationToken cancellationToken)
    {
        if (messageIds.Count == 0)
            return Task.CompletedTask;

        return connections.WriteAsync(session => session.Execute(CompleteSql, JsonIds(messageIds)), cancellationToken);
    }

    public Task CancelTimersAsync(IReadOnlyCollection<Guid> tokens, CancellationToken cancellationToken) =>
        connections.WriteAsync(session => session.Execute(CancelTimersSql, JsonIds(tokens)), cancellationToken);

    public Task PostponeAsync(Guid messageId, TimeSpan delay, string error, CancellationToken cancellationToken) =>
        connections.WriteAsync(
            session => session.Execute(PostponeSql, messageId, time.GetUtcNow() + delay, error), cancellationToken);

    public Task SetAsideAsync(Guid messageId, string reason, CancellationToken cancellationToken) =>
        connections.WriteAsync(session => session.Execute(SetAsideSql, messageId, time.GetUtcNow(), reason), cancellationToken);

    public Task<bool> RedriveAsync(Guid messageId, CancellationToken cancellationToken) =>
        connections.WriteAsync(session => session.Execute(RedriveSql, messageId, time.GetUtcNow()) > 0, cancellationToken);

    public Task ReleaseLeasesAsync(CancellationToken cancellationToken) =>
        connections.WriteAsync(session => session.Execute(ReleaseLeasesSql, time.GetUtcNow()), cancellationToken);

    IReadOnlyList<OutboxMessage> Claim(SqliteSession session, int most, TimeSpan lease)
    {
        var now = time.GetUtcNow();
        var claimed = new List<OutboxMessage>();
        using (var reader = session.Query(DueSql, now, (long)most))
        {
            while (reader.Read())
                claimed.Add(ReadMessage(reader));
        }

        if (claimed.Count > 0)
            session.Execute(LeaseSql, JsonIds([.. claimed.Select(message => message.MessageId)]), now + lease);
        return claimed;
    }

    TimeSpan? Until(DateTimeOffset due)
    {
        var remaining = due - time.GetUtcNow();
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    /// <summary>Puts a message of an instance into the outbox, in a transaction that somebody else has begun.</summary>
    internal static void InsertMessage(SqliteSession session, OutboxMessage message, TimeSpan lease, DateTimeOffset now) =>
        InsertMessage(session, EnqueueSql, message.WorkflowId, message, lease, now);

    void InsertMessage(SqliteSession session, string sql, Guid? workflowId, OutboxMessage message, TimeSpan lease) =>
        InsertMessage(session, sql, workflowId, message, lease, time.GetUtcNow());

    static void InsertMessage(
        SqliteSession session, string sql, Guid? workflowId, OutboxMessage message, TimeSpan lease, DateTimeOffset now)
    {
        var available = now + (message.Delay > TimeSpan.Zero ? message.Delay : lease);
        session.Execute(
            sql, message.MessageId, workflowId, message.Token, message.Timer, now + message.Delay, available, message.Destination,
            message.ContentType, message.Body, message.Envelope, message.TraceParent, now);
    }

    static OutboxMessage ReadMessage(SqliteDataReader reader) => new()
    {
        MessageId = reader.GetGuid(0),
        WorkflowId = reader.IsDBNull(1) ? null : reader.GetGuid(1),
        Token = reader.IsDBNull(2) ? null : reader.GetGuid(2),
        Timer = reader.IsDBNull(3) ? null : reader.GetString(3),
        Destination = reader.GetString(4),
        ContentType = reader.GetString(5),
        Body = reader.GetFieldValue<byte[]>(6),
        Envelope = reader.GetString(7),
        TraceParent = reader.IsDBNull(8) ? null : reader.GetString(8),
        Attempts = reader.GetInt32(9),
        Overdue = TimeSpan.FromMicroseconds(Math.Max(0, reader.GetInt64(10))),
    };
}
