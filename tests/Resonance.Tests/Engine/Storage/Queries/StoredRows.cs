using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Tests.Engine.Storage.Queries;

/// <summary>A store with its real schema, whose rows a test writes itself.</summary>
sealed class StoredRows : IAsyncDisposable
{
    public static readonly DateTimeOffset Epoch = new(2026, 1, 31, 9, 15, 43, 105, TimeSpan.Zero);

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-rows-");
    readonly SqliteConnection _connection;

    StoredRows()
    {
        Options = new SqliteOptions { ConnectionString = $"Data Source={Path.Combine(_folder.FullName, "rows.db")};Pooling=False" };
        _connection = new SqliteConnection(Options.ConnectionString);
    }

    public SqliteOptions Options { get; }

    public static async Task<StoredRows> CreateAsync(CancellationToken cancellationToken)
    {
        var rows = new StoredRows();
        await using (var provider = new ServiceCollection().AddSqliteStore(rows.Options).BuildServiceProvider())
            await provider.GetRequiredService<IWorkflowStore>().MigrateAsync(cancellationToken);
        await rows._connection.OpenAsync(cancellationToken);
        return rows;
    }

    public WorkflowQueries Queries(WorkflowCatalog catalog) => new ServiceCollection()
        .AddSingleton(catalog)
        .AddSqliteQueries(Options)
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
        Guid id, long sequence, string from, string to, string entries, CancellationToken cancellationToken, string? traceParent = null) =>
        ExecuteAsync(
            """
            INSERT INTO journal (workflow_id, sequence, message_id, event, from_state, to_state, entries, data, occurred_at, trace_parent,
                previous_hash, hash)
            VALUES (@id, @sequence, @message, 'StartPayment', @from, @to, @entries, '{}', @at, @trace, @previous, @hash)
            """,
            [
                ("@id", Text(id)), ("@sequence", sequence), ("@message", Text(MassTransit.NewId.NextGuid())), ("@from", from), ("@to", to),
                ("@entries", entries), ("@trace", traceParent ?? (object)DBNull.Value), ("@at", Microseconds(sequence)), ("@previous", Hash((byte)(sequence - 1))),
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

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _folder.Delete(recursive: true);
    }

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
}
