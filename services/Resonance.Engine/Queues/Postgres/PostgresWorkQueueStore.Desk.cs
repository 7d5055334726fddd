using Npgsql;
using NpgsqlTypes;
using Resonance.Engine.Storage.Postgres;

namespace Resonance.Engine.Queues.Postgres;

// What operators do and see.
sealed partial class PostgresWorkQueueStore
{
    public async Task DeclareAsync(string queue, WorkQueueSettings settings, CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        WorkItemCheck.Settings(settings);
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(DeskStatements.Declare, connection);
        AddSettings(command.Parameters, queue, settings);
        await command.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task<StoredWorkQueue?> PutAsync(
        string queue, WorkQueueSettings settings, QueueAuthor author, long? expectedRevision, CancellationToken cancellationToken)
    {
        WorkItemCheck.Settings(settings);
        return LockedAsync<StoredWorkQueue?>(
            queue,
            async connection =>
            {
                await using (var put = new NpgsqlCommand(DeskStatements.Put, connection))
                {
                    AddSettings(put.Parameters, queue, settings);
                    put.Parameters.Add(new NpgsqlParameter<long?> { TypedValue = expectedRevision, NpgsqlDbType = NpgsqlDbType.Bigint });
                    if (await put.ScalarPreparedAsync(cancellationToken).ConfigureAwait(false) is null)
                        return null;
                }

                await using (var rank = new NpgsqlCommand(DeskStatements.Rank, connection))
                {
                    rank.Parameters.AddText(queue);
                    rank.Parameters.AddValue(PostgresCommands.Microseconds(settings.CreditPerLevel));
                    await rank.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false);
                }

                await NoteAsync(connection, queue, "put", author, settings, items: null, cancellationToken).ConfigureAwait(false);
                return await FindAsync(connection, queue, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

    public Task<bool> PauseAsync(string queue, bool pause, QueueAuthor author, CancellationToken cancellationToken) =>
        LockedAsync(
            queue,
            async connection =>
            {
                await using (var command = pause
                    ? Command(connection, DeskStatements.Pause, queue, Now) : new NpgsqlCommand(DeskStatements.Resume, connection))
                {
                    command.Parameters.AddText(pause ? author.By : queue);
                    if (pause)
                        command.Parameters.AddText(author.Reason);
                    if (await command.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false) == 0)
                        return false;
                }

                var stored = await FindAsync(connection, queue, cancellationToken).ConfigureAwait(false);
                await NoteAsync(connection, queue, pause ? "paused" : "resumed", author, stored!.Settings, items: null, cancellationToken)
                    .ConfigureAwait(false);
                return true;
            },
            cancellationToken);

    public Task<long> PurgeAsync(string queue, QueueAuthor author, CancellationToken cancellationToken) =>
        LockedAsync(
            queue,
            async connection =>
            {
                await using (var freed = new NpgsqlCommand(DeskStatements.PurgeFreed, connection))
                {
                    freed.Parameters.AddText(queue);
                    await freed.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false);
                }

                await using var command = new NpgsqlCommand(DeskStatements.Purge, connection);
                command.Parameters.AddText(queue);
                long purged = await command.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false);
                await NoteAsync(connection, queue, "purged", author, purged, cancellationToken).ConfigureAwait(false);
                return purged;
            },
            cancellationToken);

    public Task<int> RedriveAsync(
        string queue, IReadOnlyCollection<Guid>? items, int most, QueueAuthor author, CancellationToken cancellationToken)
    {
        WorkItemCheck.Batch(most, nameof(most));
        return LockedAsync(
            queue,
            async connection =>
            {
                await using var command = Command(connection, DeskStatements.Redrive, queue, Now);
                command.Parameters.Add(
                    new NpgsqlParameter<Guid[]?> { TypedValue = items?.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
                command.Parameters.AddValue((long)most);
                var redriven = await command.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false);
                if (redriven > 0)
                    await NoteAsync(connection, queue, "redriven", author, redriven, cancellationToken).ConfigureAwait(false);
                return redriven;
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<StoredWorkQueue>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand($"{DeskStatements.Queues} ORDER BY name", connection);
        return await QueuesAsync(command, cancellationToken).ConfigureAwait(false);
    }

    public async Task<StoredWorkQueue?> FindAsync(string queue, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await FindAsync(connection, queue, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<WorkQueueChange>> ChangesAsync(string queue, int most, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(DeskStatements.Changes, connection);
        command.Parameters.AddText(queue);
        command.Parameters.AddValue((long)most);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        var changes = new List<WorkQueueChange>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            changes.Add(new WorkQueueChange(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), Utc(reader.GetDateTime(3)),
                SettingsJson.Read(reader.GetString(4)), reader.IsDBNull(5) ? null : reader.GetInt64(5)));
        }

        return changes;
    }

    /// <summary>Runs the work in a transaction that has the queue to itself; then those who wait at the queue look again.</summary>
    async Task<TResult> LockedAsync<TResult>(
        string queue, Func<NpgsqlConnection, Task<TResult>> work, CancellationToken cancellationToken)
    {
        WorkItemCheck.Name(queue);
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (var locked = new NpgsqlCommand(TurnStatements.LockQueue, connection))
        {
            locked.Parameters.AddValue(LockOf(queue));
            await locked.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false);
        }

        var result = await work(connection).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        signals.Tell(queue);
        return result;
    }

    async Task NoteAsync(
        NpgsqlConnection connection, string queue, string action, QueueAuthor author, long items, CancellationToken cancellationToken)
    {
        var stored = await FindAsync(connection, queue, cancellationToken).ConfigureAwait(false);
        await NoteAsync(connection, queue, action, author, stored?.Settings ?? new WorkQueueSettings(), items, cancellationToken)
            .ConfigureAwait(false);
    }

    async Task NoteAsync(
        NpgsqlConnection connection, string queue, string action, QueueAuthor author, WorkQueueSettings settings, long? items,
        CancellationToken cancellationToken)
    {
        await using var command = Command(connection, DeskStatements.Change, queue, Now);
        command.Parameters.AddText(action);
        command.Parameters.AddText(author.By);
        command.Parameters.AddText(author.Reason);
        command.Parameters.AddText(SettingsJson.Write(settings));
        command.Parameters.Add(new NpgsqlParameter<long?> { TypedValue = items, NpgsqlDbType = NpgsqlDbType.Bigint });
        await command.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false);
    }

    static async Task<StoredWorkQueue?> FindAsync(NpgsqlConnection connection, string queue, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"{DeskStatements.Queues} WHERE name = $1", connection);
        command.Parameters.AddText(queue);
        return (await QueuesAsync(command, cancellationToken).ConfigureAwait(false)).SingleOrDefault();
    }

    static async Task<List<StoredWorkQueue>> QueuesAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        var queues = new List<StoredWorkQueue>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var state = ReadState(reader);
            queues.Add(new StoredWorkQueue(reader.GetString(15), state.Settings, state.Revision, state.Paused));
        }

        return queues;
    }

    static void AddSettings(NpgsqlParameterCollection parameters, string queue, WorkQueueSettings settings)
    {
        parameters.AddText(queue);
        parameters.AddValue(PostgresCommands.Microseconds(settings.CreditPerLevel));
        parameters.AddValue(PostgresCommands.Microseconds(settings.VisibilityTimeout));
        AddNumber(settings.MaxReceiveCount);
        parameters.AddValue(PostgresCommands.Microseconds(settings.DeduplicationWindow));
        AddNumber(settings.Concurrency);
        AddNumber(settings.KeyConcurrency);
        AddNumber(settings.RateLimit);
        parameters.AddValue(PostgresCommands.Microseconds(settings.RatePeriod));

        void AddNumber(int? value) =>
            parameters.Add(new NpgsqlParameter<int?> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer });
    }
}
