using Npgsql;
using NpgsqlTypes;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;

namespace Resonance.Engine.Queues.Postgres;

/// <summary>
/// Work queues in Postgres. Senders and those who delete wait for nobody; receives of a queue take turns, which makes its order exact. Its
/// clock is the server's.
/// </summary>
sealed partial class PostgresWorkQueueStore(PostgresConnections connections, WorkSignals signals, TimeProvider time) : IWorkQueueStore
{
    // A clock that is not the system's is a test's, and then it holds here too.
    DateTime? Now => ReferenceEquals(time, TimeProvider.System) ? null : time.GetUtcNow().UtcDateTime;

    public async Task<IReadOnlyList<SendResult>> SendAsync(
        string queue, IReadOnlyList<WorkItem> items, CancellationToken cancellationToken)
    {
        var rows = WorkItemCheck.Rows(queue, items);
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (rows.DistinctBy(row => row.Id).Count() == rows.Length)
        {
            var results = await SendTogetherAsync(connection, queue, rows, cancellationToken).ConfigureAwait(false);
            signals.Tell(queue);
            return results;
        }

        // One statement sees nothing of what it writes, so that the same id again goes into the next one.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var one = new List<SendResult>(rows.Length);
        foreach (var row in rows)
            one.AddRange(await SendTogetherAsync(connection, queue, [row], cancellationToken).ConfigureAwait(false));
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        signals.Tell(queue);
        return one;
    }

    async Task<IReadOnlyList<SendResult>> SendTogetherAsync(
        NpgsqlConnection connection, string queue, WorkItemRow[] rows, CancellationToken cancellationToken)
    {
        if (Array.Exists(rows, row => row.DeduplicationId is not null))
        {
            await using var forget = Command(connection, ItemStatements.Forget, queue, Now);
            await forget.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false);
        }

        var stored = await InsertAsync(connection, queue, rows, cancellationToken).ConfigureAwait(false);
        if (stored.Count == rows.Length)
            return [.. rows.Select(row => new SendResult(row.Id, Duplicate: false))];

        var earlier = await FindEarlierAsync(connection, queue, rows, cancellationToken).ConfigureAwait(false);
        var present = await FindPresentAsync(connection, queue, [.. rows.Select(row => row.Id)], cancellationToken).ConfigureAwait(false);
        return
        [
            .. rows.Select(row =>
                stored.Contains(row.Id) ? new SendResult(row.Id, Duplicate: false)
                : row.DeduplicationId is { } known && !present.Contains(row.Id) ? new SendResult(earlier[known], Duplicate: true)
                : new SendResult(row.Id, Duplicate: true)),
        ];
    }

    public async Task<IReadOnlyList<ReceiptOutcome>> DeleteAsync(
        string queue, IReadOnlyList<WorkReceipt> receipts, CancellationToken cancellationToken)
    {
        var outcomes = await ShowAsync(queue, receipts, ItemStatements.Delete, _ => { }, cancellationToken).ConfigureAwait(false);
        if (outcomes.Contains(ReceiptOutcome.Done))
            signals.Tell(queue);
        return outcomes;
    }

    public async Task<IReadOnlyList<ReceiptOutcome>> ChangeVisibilityAsync(
        string queue, IReadOnlyList<WorkReceipt> receipts, TimeSpan visibilityTimeout, CancellationToken cancellationToken)
    {
        WorkItemCheck.Visibility(visibilityTimeout);
        var outcomes = await ShowAsync(
            queue, receipts, ItemStatements.ChangeVisibility, parameters => parameters.AddValue(Until(visibilityTimeout)),
            cancellationToken).ConfigureAwait(false);

        // Whoever waits may have to wait less.
        signals.Tell(queue);
        return outcomes;
    }

    public async Task<TimeSpan?> NextVisibleAsync(string queue, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = Command(connection, ItemStatements.NextVisible, queue, Now);
        var microseconds = await command.ScalarPreparedAsync(cancellationToken).ConfigureAwait(false);
        return microseconds is long remaining ? TimeSpan.FromMicroseconds(remaining) : null;
    }

    async Task<HashSet<Guid>> InsertAsync(
        NpgsqlConnection connection, string queue, WorkItemRow[] rows, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, ItemStatements.Send, queue, Now);
        var parameters = command.Parameters;
        parameters.AddColumn(NpgsqlDbType.Uuid, rows, row => row.Id);
        parameters.AddColumn(NpgsqlDbType.Text, rows, row => row.GroupId);
        parameters.AddColumn(NpgsqlDbType.Text, rows, row => row.LimitKey);
        parameters.AddColumn(NpgsqlDbType.Smallint, rows, row => checked((short)row.Priority));
        parameters.AddColumn(NpgsqlDbType.Bigint, rows, row => PostgresCommands.Microseconds(row.Delay));
        parameters.AddColumn(NpgsqlDbType.Bytea, rows, row => row.Body);
        parameters.AddColumn(NpgsqlDbType.Text, rows, row => row.Attributes);
        parameters.AddColumn(NpgsqlDbType.Text, rows, row => row.DeduplicationId);
        return await IdsAsync(command, cancellationToken).ConfigureAwait(false);
    }

    async Task<Dictionary<string, Guid>> FindEarlierAsync(
        NpgsqlConnection connection, string queue, WorkItemRow[] rows, CancellationToken cancellationToken)
    {
        var known = rows.Where(row => row.DeduplicationId is not null).Select(row => row.DeduplicationId!).Distinct().ToArray();
        var earlier = new Dictionary<string, Guid>(StringComparer.Ordinal);
        if (known.Length == 0)
            return earlier;

        await using (var command = new NpgsqlCommand(ItemStatements.Earlier, connection))
        {
            command.Parameters.AddText(queue);
            command.Parameters.AddColumn(NpgsqlDbType.Text, known, id => id);
            await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                earlier[reader.GetString(0)] = reader.GetGuid(1);
        }

        return earlier;
    }

    /// <summary>Shows receipts to the queue; those that are not accepted are looked up, and only those.</summary>
    async Task<ReceiptOutcome[]> ShowAsync(
        string queue, IReadOnlyList<WorkReceipt> receipts, string sql, Action<NpgsqlParameterCollection> more,
        CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        WorkItemCheck.Batch(receipts.Count, nameof(receipts));
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        HashSet<Guid> done;
        await using (var command = Command(connection, sql, queue, Now))
        {
            command.Parameters.AddColumn(NpgsqlDbType.Uuid, receipts, receipt => receipt.ItemId);
            command.Parameters.AddColumn(NpgsqlDbType.Uuid, receipts, receipt => receipt.Handle);
            more(command.Parameters);
            done = await IdsAsync(command, cancellationToken).ConfigureAwait(false);
        }

        var present = new HashSet<Guid>();
        if (done.Count < receipts.Count)
        {
            present = await FindPresentAsync(connection, queue, [.. receipts.Select(receipt => receipt.ItemId)], cancellationToken)
                .ConfigureAwait(false);
        }

        return
        [
            .. receipts.Select(receipt =>
                done.Remove(receipt.ItemId) ? ReceiptOutcome.Done
                : present.Contains(receipt.ItemId) ? ReceiptOutcome.Expired
                : ReceiptOutcome.Unknown),
        ];
    }

    static async Task<HashSet<Guid>> FindPresentAsync(
        NpgsqlConnection connection, string queue, Guid[] items, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ItemStatements.Present, connection);
        command.Parameters.AddText(queue);
        command.Parameters.AddColumn(NpgsqlDbType.Uuid, items, id => id);
        return await IdsAsync(command, cancellationToken).ConfigureAwait(false);
    }

    static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string queue, DateTime? now)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddText(queue);
        command.Parameters.Add(new NpgsqlParameter<DateTime?> { TypedValue = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return command;
    }

    static async Task<HashSet<Guid>> IdsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var ids = new HashSet<Guid>();
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    /// <summary>Microseconds; null for ever.</summary>
    static long? Until(TimeSpan visibility) =>
        visibility == Timeout.InfiniteTimeSpan ? null : PostgresCommands.Microseconds(visibility);
}
