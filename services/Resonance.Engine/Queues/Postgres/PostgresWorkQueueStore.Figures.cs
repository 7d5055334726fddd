using Npgsql;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;

namespace Resonance.Engine.Queues.Postgres;

// What is in a queue.
sealed partial class PostgresWorkQueueStore
{
    public async Task<WorkQueueFigures> CountAsync(string queue, int topKeys, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        var state = await StateAsync(connection, queue, cancellationToken).ConfigureAwait(false);
        var tally = new WorkQueueTally();
        await using (var command = Command(connection, DeskStatements.Count, queue, state.Now.UtcDateTime))
        {
            await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                tally.Add(reader.GetString(0), reader.GetInt64(1), Utc(reader.GetDateTime(2)));
        }

        var (enqueued, dequeued) = await RatesAsync(connection, queue, state, cancellationToken).ConfigureAwait(false);
        var keys = topKeys < 1 ? [] : await KeysAsync(connection, queue, state, topKeys, cancellationToken).ConfigureAwait(false);
        return tally.Figures(state, enqueued, dequeued, keys);
    }

    public async Task<WorkItemPlace?> LocateAsync(string queue, Guid item, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(DeskStatements.Locate, connection);
        command.Parameters.AddText(queue);
        command.Parameters.AddValue(item);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            return null;
        return new WorkItemPlace(
            reader.GetString(0), reader.GetInt64(5), Text(reader, 1), Text(reader, 2), Utc(reader.GetDateTime(3)),
            reader.IsDBNull(4) ? null : Utc(reader.GetDateTime(4)));
    }

    public async Task<IReadOnlyList<ListedWorkItem>> PeekAsync(
        string queue, string? state, long? after, int most, CancellationToken cancellationToken)
    {
        WorkItemCheck.Batch(most, nameof(most));
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        var now = await StateAsync(connection, queue, cancellationToken).ConfigureAwait(false);
        await using var command = Command(connection, DeskStatements.Peek, queue, now.Now.UtcDateTime);
        command.Parameters.AddValue(after ?? 0L);
        command.Parameters.AddText(state);
        command.Parameters.AddValue((long)most);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        var items = new List<ListedWorkItem>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            items.Add(new ListedWorkItem
            {
                Id = reader.GetGuid(0),
                State = reader.GetString(1),
                GroupId = Text(reader, 2),
                LimitKey = Text(reader, 3),
                Priority = reader.GetInt16(4),
                EnqueuedAt = Utc(reader.GetDateTime(5)),
                ReceiveCount = reader.GetInt32(6),
                Sequence = reader.GetInt64(7),
                DeadReason = Text(reader, 8),
                Attributes = WorkItemRow.ReadAttributes(reader.GetString(9)),
                Body = reader.GetFieldValue<byte[]>(10),
            });
        }

        return items;
    }

    async Task<QueueTurn> StateAsync(NpgsqlConnection connection, string queue, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, TurnStatements.Settings, queue, Now);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return ReadState(reader);
    }

    static async Task<(long Enqueued, long Dequeued)> RatesAsync(
        NpgsqlConnection connection, string queue, QueueTurn state, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, DeskStatements.Rates, queue, state.Now.UtcDateTime);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    static async Task<List<WorkKeyCount>> KeysAsync(
        NpgsqlConnection connection, string queue, QueueTurn state, int most, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, DeskStatements.Keys, queue, state.Now.UtcDateTime);
        command.Parameters.AddValue((long)most);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        var keys = new List<WorkKeyCount>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            keys.Add(new WorkKeyCount(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));
        return keys;
    }

    static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
