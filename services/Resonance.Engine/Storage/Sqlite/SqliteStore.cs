using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Resonance.Engine.Storage.Sqlite;

/// <summary>The store in one SQLite file, for one process. Its clock is the process's.</summary>
sealed partial class SqliteStore(SqliteConnections connections, SqliteMigration migration, TimeProvider time) : IWorkflowStore
{
    const string LoadSql =
        """
        SELECT id, type, key, state, status, version, data, definition_hash, priority, trace_id,
               started_at, updated_at, finished_at, head_hash
        FROM workflow WHERE id IN (SELECT value FROM json_each($1))
        """;

    const string LastTraceParentSql = "SELECT trace_parent FROM journal WHERE workflow_id = $1 ORDER BY sequence DESC LIMIT 1";

    const string ReserveSql =
        """
        INSERT INTO key_number (type, next) VALUES ($1, 1001 + $2)
        ON CONFLICT (type) DO UPDATE SET next = key_number.next + $2
        RETURNING next - $2
        """;

    public string DatabaseName => "sqlite";

    public Task MigrateAsync(CancellationToken cancellationToken) => migration.MigrateAsync(cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) =>
        connections.ReadAsync(
            session =>
            {
                SqliteMigration.Check(session);
                return true;
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<Guid, string>> LastTraceParentsAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        connections.ReadAsync<IReadOnlyDictionary<Guid, string>>(
            session =>
            {
                var found = new Dictionary<Guid, string>(ids.Count);
                foreach (var id in ids)
                {
                    if (session.Scalar(LastTraceParentSql, id) is string last)
                        found[id] = last;
                }

                return found;
            },
            cancellationToken);

    public async Task<IReadOnlyDictionary<Guid, WorkflowRow>> LoadAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
            return new Dictionary<Guid, WorkflowRow>();

        return await connections.ReadAsync(session => Load(session, ids), cancellationToken).ConfigureAwait(false);
    }

    public Task<long> ReserveKeyNumbersAsync(string type, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return connections.WriteAsync(session => (long)session.Scalar(ReserveSql, type, (long)count)!, cancellationToken);
    }

    public bool IsTransient(Exception exception) => SqliteErrors.IsTransient(exception);

    static Dictionary<Guid, WorkflowRow> Load(SqliteSession session, IReadOnlyCollection<Guid> ids)
    {
        using var reader = session.Query(LoadSql, JsonIds(ids));
        var found = new Dictionary<Guid, WorkflowRow>(ids.Count);
        while (reader.Read())
        {
            var row = ReadWorkflow(reader);
            found[row.Id] = row;
        }

        return found;
    }

    /// <summary>A list of ids as one parameter, so that one prepared statement serves any number.</summary>
    static string JsonIds(IReadOnlyCollection<Guid> ids) => JsonSerializer.Serialize(ids);

    static WorkflowRow ReadWorkflow(SqliteDataReader reader) => new()
    {
        Id = reader.GetGuid(0),
        Type = reader.GetString(1),
        Key = reader.GetString(2),
        State = reader.GetString(3),
        Status = reader.GetString(4),
        Version = reader.GetInt64(5),
        Data = reader.GetString(6),
        DefinitionHash = reader.GetString(7),
        Priority = reader.GetInt32(8),
        TraceId = reader.IsDBNull(9) ? null : reader.GetString(9),
        StartedAt = SqliteTime.FromMicroseconds(reader.GetInt64(10)),
        UpdatedAt = SqliteTime.FromMicroseconds(reader.GetInt64(11)),
        FinishedAt = reader.IsDBNull(12) ? null : SqliteTime.FromMicroseconds(reader.GetInt64(12)),
        HeadHash = reader.GetFieldValue<byte[]>(13),
    };
}
