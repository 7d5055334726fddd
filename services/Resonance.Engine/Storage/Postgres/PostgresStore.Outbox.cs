using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Resonance.Engine.Storage.Postgres;

// Messages and timers.
sealed partial class PostgresStore
{
    public async Task EnqueueAsync(IReadOnlyList<OutboxMessage> messages, TimeSpan lease, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
            return;

        await ExecuteAsync(
            OutboxStatements.Enqueue,
            parameters => OutboxStatements.AddMessages(
                parameters, [.. messages.Select(message => (message.WorkflowId, message))], lease),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<OutboxMessage>> ClaimDueAsync(int most, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(OutboxStatements.ClaimDue, connection);
        command.Parameters.AddValue((long)most);
        command.Parameters.AddValue(PostgresCommands.Microseconds(lease));
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        var claimed = new List<OutboxMessage>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            claimed.Add(ReadMessage(reader));
        return claimed;
    }

    public async Task<TimeSpan?> NextDueAsync(CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(OutboxStatements.NextDue, connection);
        var microseconds = await command.ScalarPreparedAsync(cancellationToken).ConfigureAwait(false);
        return microseconds is long remaining ? TimeSpan.FromMicroseconds(Math.Max(0, remaining)) : null;
    }

    public async Task CompleteAsync(IReadOnlyCollection<Guid> messageIds, CancellationToken cancellationToken)
    {
        if (messageIds.Count == 0)
            return;

        await ExecuteAsync(
            OutboxStatements.Complete,
            parameters => parameters.AddColumn(NpgsqlDbType.Uuid, messageIds as IReadOnlyList<Guid> ?? [.. messageIds], id => id),
            cancellationToken).ConfigureAwait(false);
    }

    public Task CancelTimersAsync(IReadOnlyCollection<Guid> tokens, CancellationToken cancellationToken) =>
        ExecuteAsync(
            OutboxStatements.CancelTimers,
            parameters => parameters.AddColumn(NpgsqlDbType.Uuid, tokens as IReadOnlyList<Guid> ?? [.. tokens], token => token),
            cancellationToken);

    public Task PostponeAsync(Guid messageId, TimeSpan delay, string error, CancellationToken cancellationToken) =>
        ExecuteAsync(
            OutboxStatements.Postpone,
            parameters =>
            {
                parameters.AddValue(messageId);
                parameters.AddValue(PostgresCommands.Microseconds(delay));
                parameters.AddText(Storable(error));
            },
            cancellationToken);

    public Task SetAsideAsync(Guid messageId, string reason, CancellationToken cancellationToken) =>
        ExecuteAsync(
            OutboxStatements.SetAside,
            parameters =>
            {
                parameters.AddValue(messageId);
                parameters.AddText(Storable(reason));
            },
            cancellationToken);

    public async Task<bool> RedriveAsync(Guid messageId, CancellationToken cancellationToken) =>
        await ExecuteAsync(OutboxStatements.Redrive, parameters => parameters.AddValue(messageId), cancellationToken)
            .ConfigureAwait(false) > 0;

    public Task ReleaseLeasesAsync(CancellationToken cancellationToken) =>
        ExecuteAsync(OutboxStatements.ReleaseLeases, _ => { }, cancellationToken);

    /// <summary>Error texts quote what failed, and must not fail themselves for a NUL or half a surrogate pair.</summary>
    static string Storable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    async Task<int> ExecuteAsync(string sql, Action<NpgsqlParameterCollection> fill, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(sql, connection);
        fill(command.Parameters);
        return await command.ExecutePreparedAsync(cancellationToken).ConfigureAwait(false);
    }

    static OutboxMessage ReadMessage(NpgsqlDataReader reader) => new()
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
