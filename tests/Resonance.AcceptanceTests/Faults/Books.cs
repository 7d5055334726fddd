using System.Data.Common;
using System.Text.Json;
using Resonance.Engine.Journal;

namespace Resonance.AcceptanceTests.Faults;

/// <summary>Everything that a database says about workflows and about what workers did: read by SQL, past the engine.</summary>
sealed record Books
{
    public required IReadOnlyList<StoredWorkflow> Workflows { get; init; }

    public required IReadOnlyList<JournalRow> Journal { get; init; }

    public required IReadOnlyList<string> Outbox { get; init; }

    public required IReadOnlyList<StoredEffect> Effects { get; init; }

    public required IReadOnlyList<CardOperation> CardOperations { get; init; }

    public required IReadOnlyDictionary<string, long> ReservedStock { get; init; }

    public required IReadOnlyList<StoredReservation> Reservations { get; init; }

    /// <summary>Status by shipment.</summary>
    public required IReadOnlyDictionary<Guid, string> Shipments { get; init; }

    public static async Task<Books> ReadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        return new Books
        {
            Workflows = await Read(
                "SELECT id, type, key, state, status, version, data, head_hash, finished_at FROM workflow ORDER BY started_at, id",
                row => new StoredWorkflow(
                    row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5),
                    JsonDocument.Parse(row.GetString(6)).RootElement, row.GetFieldValue<byte[]>(7), !row.IsDBNull(8))),
            Journal = await Read(
                """
                SELECT workflow_id, sequence, message_id, event, from_state, to_state, entries, data, occurred_at, trace_parent,
                       previous_hash, hash
                FROM journal ORDER BY workflow_id, sequence
                """,
                ReadJournal),
            Outbox = await Read(
                "SELECT coalesce(timer, destination), set_aside_reason FROM outbox",
                row => row.GetString(0) + (row.IsDBNull(1) ? "" : $", set aside: {row.GetString(1)}")),
            Effects = await Read(
                "SELECT idempotency_key, command, reply_type FROM worker_effect",
                row => new StoredEffect(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2))),
            CardOperations = await Read(
                "SELECT idempotency_key, operation, capture_id, amount, refunded_by FROM card_operation",
                row => new CardOperation(
                    row.GetString(0), row.GetString(1), row.GetString(2), decimal.Parse(row.GetString(3), Culture),
                    row.IsDBNull(4) ? null : row.GetString(4))),
            ReservedStock = (await Read("SELECT sku, reserved FROM inventory_stock", row => (Sku: row.GetString(0), Pieces: row.GetInt64(1))))
                .ToDictionary(stock => stock.Sku, stock => stock.Pieces, StringComparer.Ordinal),
            Reservations = await Read(
                "SELECT reservation_id, sku, quantity FROM inventory_reservation",
                row => new StoredReservation(Guid.Parse(row.GetString(0)), row.GetString(1), row.GetInt64(2))),
            Shipments = (await Read("SELECT shipment_id, status FROM shipment", row => (Id: Guid.Parse(row.GetString(0)), Status: row.GetString(1))))
                .ToDictionary(shipment => shipment.Id, shipment => shipment.Status),
        };

        Task<IReadOnlyList<T>> Read<T>(string sql, Func<DbDataReader, T> read) => connection.ReadAsync(sql, read, cancellationToken);
    }

    static System.Globalization.CultureInfo Culture => System.Globalization.CultureInfo.InvariantCulture;

    static JournalRow ReadJournal(DbDataReader row) => new()
    {
        WorkflowId = row.GetGuid(0),
        Sequence = row.GetInt64(1),
        MessageId = row.GetGuid(2),
        Event = row.GetString(3),
        From = row.GetString(4),
        To = row.GetString(5),
        Entries = row.GetString(6),
        Data = row.GetString(7),
        // SQLite keeps microseconds since 1970, Postgres a time stamp.
        OccurredAt = row.GetFieldType(8) == typeof(long)
            ? DateTimeOffset.UnixEpoch.AddTicks(row.GetInt64(8) * TimeSpan.TicksPerMicrosecond)
            : row.GetFieldValue<DateTimeOffset>(8),
        TraceParent = row.IsDBNull(9) ? null : row.GetString(9),
        PreviousHash = row.GetFieldValue<byte[]>(10),
        Hash = row.GetFieldValue<byte[]>(11),
    };
}

sealed record StoredWorkflow(
    Guid Id, string Type, string Key, string State, string Status, long Version, JsonElement Data, byte[] HeadHash, bool HasEnded);

/// <param name="Key">Idempotency key.</param>
/// <param name="Command">Full name of the command's contract.</param>
/// <param name="ReplyType">Full name of the kept reply's contract; null while there is none.</param>
sealed record StoredEffect(string Key, string Command, string? ReplyType);

/// <param name="Key">Idempotency key.</param>
/// <param name="Operation"><c>assess</c>, <c>capture</c> or <c>refund</c>.</param>
/// <param name="CaptureId">Of a capture: its id, empty when nothing was captured.</param>
/// <param name="Amount">Of a capture: how much.</param>
/// <param name="RefundedBy">Of a capture: the refund that gave it back.</param>
sealed record CardOperation(string Key, string Operation, string CaptureId, decimal Amount, string? RefundedBy);

sealed record StoredReservation(Guid Id, string Sku, long Quantity);

static class Reading
{
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(
        this DbConnection connection, string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    }

    public static async Task ExecuteAsync(this DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
