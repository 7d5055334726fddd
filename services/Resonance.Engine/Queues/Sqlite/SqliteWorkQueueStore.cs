using Microsoft.Data.Sqlite;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Queues.Sqlite;

/// <summary>Work queues in the SQLite file, for one process. Its clock is the process's.</summary>
sealed partial class SqliteWorkQueueStore(SqliteConnections connections, WorkSignals signals, TimeProvider time) : IWorkQueueStore
{
    const string PresentSql = "SELECT 1 FROM work_item WHERE queue = $1 AND id = $2";

    const string RememberedSql = "SELECT item_id FROM work_deduplication WHERE queue = $1 AND deduplication_id = $2 AND until > $3";

    const string RememberSql =
        """
        INSERT INTO work_deduplication (queue, deduplication_id, item_id, until) VALUES ($1, $2, $3, $4)
        ON CONFLICT (queue, deduplication_id) DO UPDATE SET item_id = excluded.item_id, until = excluded.until
        """;

    const string ForgetSql = "DELETE FROM work_deduplication WHERE queue = $1 AND until <= $2";

    const string DeleteSql =
        """
        DELETE FROM work_item WHERE queue = $1 AND id = $2 AND receipt = $3 AND state = 'in_flight' AND visible_at > $4
        RETURNING group_id, limit_key
        """;

    const string ChangeVisibilitySql =
        """
        UPDATE work_item SET visible_at = $5 WHERE queue = $1 AND id = $2 AND receipt = $3 AND state = 'in_flight' AND visible_at > $4
        """;

    public Task<IReadOnlyList<SendResult>> SendAsync(
        string queue, IReadOnlyList<WorkItem> items, CancellationToken cancellationToken)
    {
        var rows = WorkItemCheck.Rows(queue, items);
        return TellAsync<IReadOnlyList<SendResult>>(
            queue,
            session =>
            {
                var state = SqliteTurns.StateOf(session, queue, time.GetUtcNow());
                if (rows.Any(row => row.DeduplicationId is not null))
                    session.Execute(ForgetSql, queue, state.Now);
                var results = rows.Select(row => Send(session, row, state)).ToArray();
                SqliteTurns.Told(session, queue, state.Now, results.Count(result => !result.Duplicate), 0);
                return results;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<ReceiptOutcome>> DeleteAsync(
        string queue, IReadOnlyList<WorkReceipt> receipts, CancellationToken cancellationToken) =>
        ShowAsync(
            queue, receipts,
            (session, receipt, state) =>
            {
                (string? Group, string? Key) left;
                using (var reader = session.Query(DeleteSql, queue, receipt.ItemId, receipt.Handle, state.Now))
                {
                    if (!reader.Read())
                        return false;
                    left = (Text(reader, 0), Text(reader, 1));
                }

                SqliteTurns.Freed(session, queue, left.Group, left.Key, state);
                return true;
            },
            cancellationToken);

    public Task<IReadOnlyList<ReceiptOutcome>> ChangeVisibilityAsync(
        string queue, IReadOnlyList<WorkReceipt> receipts, TimeSpan visibilityTimeout, CancellationToken cancellationToken)
    {
        WorkItemCheck.Visibility(visibilityTimeout);
        return ShowAsync(
            queue, receipts,
            (session, receipt, state) => session.Execute(
                ChangeVisibilitySql, queue, receipt.ItemId, receipt.Handle, state.Now, Until(state.Now, visibilityTimeout)) > 0,
            cancellationToken);
    }

    static SendResult Send(SqliteSession session, WorkItemRow row, QueueTurn state)
    {
        if (session.Scalar(PresentSql, row.Queue, row.Id) is not null)
            return new SendResult(row.Id, Duplicate: true);
        if (row.DeduplicationId is { } known)
        {
            if (session.Scalar(RememberedSql, row.Queue, known, state.Now) is string earlier)
                return new SendResult(Guid.ParseExact(earlier, "D"), Duplicate: true);
            session.Execute(RememberSql, row.Queue, known, row.Id, state.Now + state.Settings.DeduplicationWindow);
        }

        SqliteTurns.Insert(session, row, state);
        return new SendResult(row.Id, Duplicate: false);
    }

    Task<IReadOnlyList<ReceiptOutcome>> ShowAsync(
        string queue, IReadOnlyList<WorkReceipt> receipts, Func<SqliteSession, WorkReceipt, QueueTurn, bool> accept,
        CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        WorkItemCheck.Batch(receipts.Count, nameof(receipts));
        return TellAsync<IReadOnlyList<ReceiptOutcome>>(
            queue,
            session =>
            {
                var state = SqliteTurns.StateOf(session, queue, time.GetUtcNow());
                return receipts.Select(receipt =>
                    accept(session, receipt, state) ? ReceiptOutcome.Done
                    : session.Scalar(PresentSql, queue, receipt.ItemId) is not null ? ReceiptOutcome.Expired
                    : ReceiptOutcome.Unknown).ToArray();
            },
            cancellationToken);
    }

    /// <summary>Writes; then those who wait at the queue look again.</summary>
    async Task<TResult> TellAsync<TResult>(string queue, Func<SqliteSession, TResult> work, CancellationToken cancellationToken)
    {
        var result = await connections.WriteAsync(work, cancellationToken).ConfigureAwait(false);
        signals.Tell(queue);
        return result;
    }

    static object Until(DateTimeOffset now, TimeSpan visibility) =>
        visibility == Timeout.InfiniteTimeSpan ? SqliteTurns.Never : now + visibility;

    static string? Text(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
