using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;

namespace Resonance.Engine.Queues.Postgres;

// Receiving: under the queue's lock, what was sent and what has left is settled, and those that come next are taken.
sealed partial class PostgresWorkQueueStore
{
    const long FreshMost = 2000;

    public Task<IReadOnlyList<ReceivedItem>> ReceiveAsync(
        string queue, int most, TimeSpan? visibilityTimeout, CancellationToken cancellationToken) =>
        ReceiveAsync(queue, most, visibilityTimeout, (_, _, _) => Task.CompletedTask, cancellationToken);

    /// <summary>Receives, and does in the same transaction what follows from it.</summary>
    internal async Task<IReadOnlyList<ReceivedItem>> ReceiveAsync(
        string queue, int most, TimeSpan? visibilityTimeout,
        Func<NpgsqlConnection, IReadOnlyList<ReceivedItem>, CancellationToken, Task> follow, CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        WorkItemCheck.Batch(most, nameof(most));
        if (visibilityTimeout is { } given)
            WorkItemCheck.Visibility(given);

        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var (state, groups, keys) = await BeginTurnAsync(connection, queue, cancellationToken).ConfigureAwait(false);

        // What has left is remembered again with the transaction that is rolled back.
        if (state.Paused is not null)
            return [];

        var inFlight = await SettleAsync(connection, queue, state, groups, keys, cancellationToken).ConfigureAwait(false);
        var allowed = state.Allowed(most, inFlight);
        var taken = allowed < 1 ? []
            : await TakeAsync(connection, queue, allowed, visibilityTimeout, state, cancellationToken).ConfigureAwait(false);
        if (taken.Count > 0)
            await follow(connection, taken, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return taken;
    }

    public async Task<IReadOnlyList<OutboxMessage>> AdmitAsync(
        string queue, int most, Func<ReceivedItem, OutboxMessage> compose, TimeSpan lease, CancellationToken cancellationToken)
    {
        OutboxMessage[] messages = [];
        await ReceiveAsync(
            queue, most, Timeout.InfiniteTimeSpan,
            async (connection, taken, token) =>
            {
                messages = [.. taken.Select(compose)];
                await using var command = new NpgsqlCommand(OutboxStatements.Enqueue, connection);
                OutboxStatements.AddMessages(command.Parameters, [.. messages.Select(message => (message.WorkflowId, message))], lease);
                await command.ExecutePreparedAsync(token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return messages;
    }

    /// <summary>Waits for the queue's lock; then finds the queue's state, ends what has run out, and takes what has left.</summary>
    async Task<(QueueTurn State, string[] Groups, string[] Keys)> BeginTurnAsync(
        NpgsqlConnection connection, string queue, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        var locked = new NpgsqlBatchCommand(TurnStatements.LockQueue);
        locked.Parameters.AddValue(LockOf(queue));
        batch.BatchCommands.Add(locked);
        Add(batch, TurnStatements.Settings, queue, Now);
        Add(batch, TurnStatements.Ripen, queue, Now);
        var freed = new NpgsqlBatchCommand(TurnStatements.TakeFreed);
        freed.Parameters.AddText(queue);
        batch.BatchCommands.Add(freed);

        await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var state = ReadState(reader);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var groups = new HashSet<string>(StringComparer.Ordinal);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!reader.IsDBNull(0))
                groups.Add(reader.GetString(0));
            if (!reader.IsDBNull(1))
                keys.Add(reader.GetString(1));
        }

        return (state, [.. groups], [.. keys]);
    }

    /// <returns>How many are in flight; zero when nobody has to know.</returns>
    static async Task<long> SettleAsync(
        NpgsqlConnection connection, string queue, QueueTurn state, string[] groups, string[] keys, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        var settle = Add(batch, TurnStatements.Settle, queue, state.Now.UtcDateTime);
        settle.Parameters.AddColumn(NpgsqlDbType.Text, groups, group => group);
        settle.Parameters.AddValue(FreshMost);
        if (keys.Length > 0)
        {
            var unlimit = new NpgsqlBatchCommand(TurnStatements.Unlimit);
            unlimit.Parameters.AddText(queue);
            unlimit.Parameters.AddColumn(NpgsqlDbType.Text, keys, key => key);
            unlimit.Parameters.AddValue(state.Settings.KeyConcurrency ?? (long)int.MaxValue);
            batch.BatchCommands.Add(unlimit);
        }

        if (state.IsCounted)
        {
            var count = new NpgsqlBatchCommand(TurnStatements.CountInFlight);
            count.Parameters.AddText(queue);
            batch.BatchCommands.Add(count);
        }

        await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return state.IsCounted && await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? reader.GetInt64(0) : 0;
    }

    static async Task<List<ReceivedItem>> TakeAsync(
        NpgsqlConnection connection, string queue, int most, TimeSpan? visibilityTimeout, QueueTurn state,
        CancellationToken cancellationToken)
    {
        var visibility = Until(visibilityTimeout ?? state.Settings.VisibilityTimeout);
        var taken = new List<(DateTime Rank, ReceivedItem Item)>(most);
        while (true)
        {
            var setApart = await TakeOnceAsync(connection, queue, most - taken.Count, visibility, state, taken, cancellationToken)
                .ConfigureAwait(false);
            if (setApart == 0 || taken.Count == most)
                break;
        }

        if (taken.Count > 0 && state.Settings.RateLimit is not null)
        {
            await using var spend = Command(connection, TurnStatements.SpendTokens, queue, state.Now.UtcDateTime);
            spend.Parameters.AddValue(state.TokensLeft - taken.Count);
            await spend.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false);
        }

        taken.Sort((left, right) => left.Rank != right.Rank
            ? left.Rank.CompareTo(right.Rank) : left.Item.Sequence.CompareTo(right.Item.Sequence));
        return taken.ConvertAll(pair => pair.Item);
    }

    /// <returns>How many were set apart because their key is full.</returns>
    static async Task<long> TakeOnceAsync(
        NpgsqlConnection connection, string queue, int most, long? visibility, QueueTurn state,
        List<(DateTime Rank, ReceivedItem Item)> taken, CancellationToken cancellationToken)
    {
        var byKey = state.Settings.KeyConcurrency is not null;
        await using var batch = new NpgsqlBatch(connection);
        var take = Add(batch, byKey ? TurnStatements.TakeByKey : TurnStatements.Take, queue, state.Now.UtcDateTime);
        take.Parameters.AddValue((long)most);
        take.Parameters.Add(new NpgsqlParameter<long?> { TypedValue = visibility, NpgsqlDbType = NpgsqlDbType.Bigint });
        if (byKey)
        {
            take.Parameters.AddValue((long)Math.Max(200, most * 4));
            take.Parameters.AddValue((long)state.Settings.KeyConcurrency!.Value);
        }

        Add(batch, TurnStatements.ForgetEvents, queue, state.Now.UtcDateTime);
        await batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var setApart = 0L;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var column = byKey ? 1 : 0;
            if (byKey)
                setApart = reader.GetInt64(0);
            if (!await reader.IsDBNullAsync(column, cancellationToken).ConfigureAwait(false))
                taken.Add((reader.GetDateTime(column + 10), ReadReceived(reader, column)));
        }

        return setApart;
    }

    static ReceivedItem ReadReceived(NpgsqlDataReader reader, int column) => new()
    {
        Receipt = new WorkReceipt(reader.GetGuid(column), reader.GetGuid(column + 1)),
        Body = reader.GetFieldValue<byte[]>(column + 2),
        Attributes = WorkItemRow.ReadAttributes(reader.GetString(column + 3)),
        GroupId = reader.IsDBNull(column + 4) ? null : reader.GetString(column + 4),
        LimitKey = reader.IsDBNull(column + 5) ? null : reader.GetString(column + 5),
        Priority = reader.GetInt16(column + 6),
        EnqueuedAt = Utc(reader.GetDateTime(column + 7)),
        ReceiveCount = reader.GetInt32(column + 8),
        Sequence = reader.GetInt64(column + 9),
    };

    static QueueTurn ReadState(NpgsqlDataReader reader) => new(
        new WorkQueueSettings
        {
            CreditPerLevel = TimeSpan.FromMicroseconds(reader.GetInt64(0)),
            VisibilityTimeout = TimeSpan.FromMicroseconds(reader.GetInt64(1)),
            MaxReceiveCount = Number(reader, 2),
            DeduplicationWindow = TimeSpan.FromMicroseconds(reader.GetInt64(3)),
            Concurrency = Number(reader, 4),
            KeyConcurrency = Number(reader, 5),
            RateLimit = Number(reader, 6),
            RatePeriod = TimeSpan.FromMicroseconds(reader.GetInt64(7)),
        },
        reader.GetInt64(8),
        reader.IsDBNull(11) ? null : new WorkQueuePause(reader.GetString(9), reader.GetString(10), Utc(reader.GetDateTime(11))),
        reader.IsDBNull(12) ? null : reader.GetDouble(12),
        reader.IsDBNull(13) ? null : Utc(reader.GetDateTime(13)),
        Utc(reader.GetDateTime(14)));

    static NpgsqlBatchCommand Add(NpgsqlBatch batch, string sql, string queue, DateTime? now)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddText(queue);
        command.Parameters.Add(new NpgsqlParameter<DateTime?> { TypedValue = now, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        batch.BatchCommands.Add(command);
        return command;
    }

    /// <summary>All processes must choose the same number for a queue; two queues with the same one only wait for each other.</summary>
    static long LockOf(string queue) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"resonance.work_queue:{queue}")));

    static int? Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);

    static DateTimeOffset Utc(DateTime value) => new(value, TimeSpan.Zero);
}
