using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Tests.Engine.Storage.Queries;

/// <summary>A store in memory whose rows a test writes itself, as a store would.</summary>
sealed class StoredRows : IAsyncDisposable
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 31, 9, 15, 43, 105, TimeSpan.Zero);

    readonly SqliteConnection _connection;

    StoredRows(string connectionString)
    {
        ConnectionString = connectionString;
        _connection = new SqliteConnection(connectionString);
    }

    public string ConnectionString { get; }

    /// <summary>The database lives as long as this connection is open.</summary>
    public static async Task<StoredRows> CreateAsync(CancellationToken cancellationToken)
    {
        var rows = new StoredRows($"Data Source={MassTransit.NewId.NextGuid():N};Mode=Memory;Cache=Shared");
        await rows._connection.OpenAsync(cancellationToken);
        await rows.ExecuteAsync(Schema, [], cancellationToken);
        return rows;
    }

    public WorkflowQueries Queries(WorkflowCatalog catalog) => new ServiceCollection()
        .AddSingleton(catalog)
        .AddWorkflowQueries((_, options) => options.UseSqlite(ConnectionString))
        .BuildServiceProvider()
        .GetRequiredService<WorkflowQueries>();

    public Task AddWorkflowAsync(
        Guid id,
        CancellationToken cancellationToken,
        string type = "payment",
        string? key = null,
        string state = "Pending",
        string status = WorkflowStatus.Running,
        string data = "{}",
        double startedAfter = 0,
        bool finished = false) =>
        ExecuteAsync(
            """
            INSERT INTO workflow (id, type, key, state, status, version, data, definition_hash, priority, trace_id, started_at, updated_at,
                finished_at, head_hash)
            VALUES (@id, @type, @key, @state, @status, 3, @data, 'abcd', 7, '0af7651916cd43dd8448eb211c80319c', @started, @updated,
                @finished, @hash)
            """,
            [
                ("@id", Text(id)), ("@type", type), ("@key", key ?? $"{type}-{id:N}"), ("@state", state), ("@status", status),
                ("@data", data), ("@started", Microseconds(startedAfter)), ("@updated", Microseconds(startedAfter + 1)),
                ("@finished", finished ? Microseconds(startedAfter + 1) : DBNull.Value), ("@hash", Hash(9)),
            ],
            cancellationToken);

    public Task AddStepAsync(
        Guid id, long sequence, string from, string to, string entries, CancellationToken cancellationToken) =>
        ExecuteAsync(
            """
            INSERT INTO journal (workflow_id, sequence, message_id, event, from_state, to_state, entries, data, occurred_at, trace_parent,
                previous_hash, hash)
            VALUES (@id, @sequence, @message, 'StartPayment', @from, @to, @entries, '{}', @at, NULL, @previous, @hash)
            """,
            [
                ("@id", Text(id)), ("@sequence", sequence), ("@message", Text(MassTransit.NewId.NextGuid())), ("@from", from), ("@to", to),
                ("@entries", entries), ("@at", Microseconds(sequence)), ("@previous", Hash((byte)(sequence - 1))),
                ("@hash", Hash((byte)sequence)),
            ],
            cancellationToken);

    public Task AddMessageAsync(
        Guid messageId,
        CancellationToken cancellationToken,
        Guid? workflowId = null,
        string? timer = null,
        double dueAfter = 0,
        double? setAsideAfter = null) =>
        ExecuteAsync(
            """
            INSERT INTO outbox (message_id, workflow_id, token, timer, due_at, available_at, destination, content_type, body, envelope,
                trace_parent, attempts, last_error, set_aside_at, set_aside_reason, created_at)
            VALUES (@id, @workflow, NULL, @timer, @due, @available, 'queue:payment', 'application/json', x'7b7d', '{}', NULL, 4, 'refused',
                @aside, @reason, @created)
            """,
            [
                ("@id", Text(messageId)), ("@workflow", workflowId is { } id ? Text(id) : DBNull.Value),
                ("@timer", timer ?? (object)DBNull.Value), ("@due", Microseconds(dueAfter)),
                ("@available", setAsideAfter is null ? Microseconds(dueAfter) : DBNull.Value),
                ("@aside", setAsideAfter is { } aside ? Microseconds(aside) : DBNull.Value),
                ("@reason", setAsideAfter is null ? DBNull.Value : "no such queue"), ("@created", Microseconds(0)),
            ],
            cancellationToken);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    public static byte[] Hash(byte fill) => Enumerable.Repeat(fill, 32).ToArray();

    static string Text(Guid id) => id.ToString("D");

    static long Microseconds(double secondsAfter) =>
        (Epoch.AddSeconds(secondsAfter) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    async Task ExecuteAsync(string sql, (string Name, object Value)[] parameters, CancellationToken cancellationToken)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    const string Schema = """
        CREATE TABLE workflow (
            id TEXT NOT NULL PRIMARY KEY, type TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, status TEXT NOT NULL,
            version INTEGER NOT NULL, data TEXT NOT NULL, definition_hash TEXT NOT NULL, priority INTEGER NOT NULL, trace_id TEXT,
            started_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, finished_at INTEGER, head_hash BLOB NOT NULL, UNIQUE (type, key)
        ) STRICT;
        CREATE TABLE journal (
            workflow_id TEXT NOT NULL, sequence INTEGER NOT NULL, message_id TEXT NOT NULL, event TEXT NOT NULL,
            from_state TEXT NOT NULL, to_state TEXT NOT NULL, entries TEXT NOT NULL, data TEXT NOT NULL, occurred_at INTEGER NOT NULL,
            trace_parent TEXT, previous_hash BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (workflow_id, sequence)
        ) STRICT;
        CREATE TABLE outbox (
            message_id TEXT NOT NULL PRIMARY KEY, workflow_id TEXT, token TEXT, timer TEXT, due_at INTEGER NOT NULL,
            available_at INTEGER, destination TEXT NOT NULL, content_type TEXT NOT NULL, body BLOB NOT NULL, envelope TEXT NOT NULL,
            trace_parent TEXT, attempts INTEGER NOT NULL, last_error TEXT, set_aside_at INTEGER, set_aside_reason TEXT,
            created_at INTEGER NOT NULL
        ) STRICT;
        """;
}
