using Npgsql;
using NpgsqlTypes;

namespace Resonance.Engine.Storage.Postgres;

/// <summary>The store on Postgres: every operation is one statement, which is one transaction and one round trip.</summary>
sealed partial class PostgresStore(PostgresConnections connections, PostgresMigration migration) : IWorkflowStore
{
    const string WorkflowColumns =
        "id, type, key, state, status, version, data, definition_hash, priority, trace_id, started_at, updated_at, finished_at, head_hash";

    internal const string LoadSql = $"SELECT {WorkflowColumns} FROM workflow WHERE id = ANY($1)";

    const string LastTraceParentsSql =
        """
        SELECT i.id, (SELECT j.trace_parent FROM journal j WHERE j.workflow_id = i.id ORDER BY j.sequence DESC LIMIT 1)
        FROM unnest($1::uuid[]) AS i(id)
        """;

    const string ReserveSql =
        """
        INSERT INTO key_number (type, next) VALUES ($1, 1001 + $2)
        ON CONFLICT (type) DO UPDATE SET next = key_number.next + $2
        RETURNING next - $2
        """;

    public string DatabaseName => "postgresql";

    public Task MigrateAsync(CancellationToken cancellationToken) => migration.MigrateAsync(cancellationToken);

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await PostgresMigration.CheckAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyDictionary<Guid, string>> LastTraceParentsAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(LastTraceParentsSql, connection);
        command.Parameters.AddColumn(NpgsqlDbType.Uuid, ids as IReadOnlyList<Guid> ?? [.. ids], id => id);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        var found = new Dictionary<Guid, string>(ids.Count);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!reader.IsDBNull(1))
                found[reader.GetGuid(0)] = reader.GetString(1);
        }

        return found;
    }

    public async Task<IReadOnlyDictionary<Guid, WorkflowRow>> LoadAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, WorkflowRow>(ids.Count);
        if (ids.Count == 0)
            return found;

        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(LoadSql, connection);
        command.Parameters.AddColumn(NpgsqlDbType.Uuid, ids as IReadOnlyList<Guid> ?? [.. ids], id => id);
        await using var reader = await command.ReadPreparedAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var row = ReadWorkflow(reader);
            found[row.Id] = row;
        }

        return found;
    }

    public async Task<long> ReserveKeyNumbersAsync(string type, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        await using var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(ReserveSql, connection);
        command.Parameters.AddText(type);
        command.Parameters.AddValue((long)count);
        return (long)(await command.ScalarPreparedAsync(cancellationToken).ConfigureAwait(false))!;
    }

    public bool IsTransient(Exception exception) => PostgresErrors.IsTransient(exception);

    static WorkflowRow ReadWorkflow(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Type = reader.GetString(1),
        Key = reader.GetString(2),
        State = reader.GetString(3),
        Status = reader.GetString(4),
        Version = reader.GetInt64(5),
        Data = reader.GetString(6),
        DefinitionHash = reader.GetString(7),
        Priority = reader.GetInt16(8),
        TraceId = reader.IsDBNull(9) ? null : reader.GetString(9),
        StartedAt = reader.GetFieldValue<DateTimeOffset>(10),
        UpdatedAt = reader.GetFieldValue<DateTimeOffset>(11),
        FinishedAt = reader.IsDBNull(12) ? null : reader.GetFieldValue<DateTimeOffset>(12),
        HeadHash = reader.GetFieldValue<byte[]>(13),
    };
}
