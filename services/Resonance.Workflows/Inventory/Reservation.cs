using System.Text;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Inventory;

/// <summary>One reservation and the stock that it touches, inside a worker's transaction.</summary>
/// <remarks>
/// Locks are always taken in the same order, so that no two transactions wait for each other: the reservation's own row first, then
/// the stock rows by SKU in ordinal order.
/// </remarks>
sealed class Reservation(Guid id, WorkerTransaction transaction)
{
    public const string Open = "open";
    public const string Held = "held";
    public const string Released = "released";

    readonly (string Name, object? Value) _id = ("@id", id.ToString());

    /// <summary>Waits until no other transaction works on the reservation.</summary>
    /// <returns><see cref="Open"/>, <see cref="Held"/> or <see cref="Released"/>.</returns>
    public async Task<string> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var rows = await transaction.QueryAsync(
            """
            INSERT INTO inventory_reservation_state (reservation_id, state) VALUES (@id, 'open')
            ON CONFLICT (reservation_id) DO UPDATE SET state = inventory_reservation_state.state
            RETURNING state
            """,
            [_id],
            row => row.GetString(0),
            cancellationToken);
        return rows.Single();
    }

    /// <summary>What a held reservation holds, by SKU in ordinal order.</summary>
    public async Task<IReadOnlyList<StockQuantity>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await transaction.QueryAsync(
            "SELECT sku, quantity FROM inventory_reservation WHERE reservation_id = @id",
            [_id],
            row => new StockQuantity(row.GetString(0), row.GetInt64(1)),
            cancellationToken);
        return InLockOrder(rows);
    }

    /// <summary>Locks the stock rows, so that what is free stays free until the transaction ends.</summary>
    /// <param name="wanted">In lock order.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Free pieces by SKU; an unknown SKU is missing.</returns>
    public async Task<Dictionary<string, long>> LockStockAsync(IReadOnlyList<StockQuantity> wanted, CancellationToken cancellationToken)
    {
        // SELECT ... FOR UPDATE is not SQL that SQLite knows; an update that changes nothing locks the row just as well.
        var (sql, parameters) = ForEach(
            wanted, n => $"UPDATE inventory_stock SET reserved = reserved WHERE sku = @sku{n} RETURNING sku, on_hand - reserved;");
        var rows = await transaction.QueryAsync(
            sql, parameters, row => new StockQuantity(row.GetString(0), row.GetInt64(1)), cancellationToken);
        return rows.ToDictionary(stock => stock.Sku, stock => stock.Quantity, StringComparer.Ordinal);
    }

    /// <summary>Takes the pieces; their rows are locked and have enough.</summary>
    public async Task HoldAsync(IReadOnlyList<StockQuantity> wanted, CancellationToken cancellationToken)
    {
        var (sql, parameters) = ForEach(
            wanted,
            n => $"""
                UPDATE inventory_stock SET reserved = reserved + @quantity{n} WHERE sku = @sku{n} AND on_hand - reserved >= @quantity{n};
                INSERT INTO inventory_reservation (reservation_id, sku, quantity) VALUES (@id, @sku{n}, @quantity{n});
                """);
        var changed = await transaction.ExecuteAsync(
            sql + "UPDATE inventory_reservation_state SET state = 'held' WHERE reservation_id = @id;", parameters, cancellationToken);
        if (changed != (2 * wanted.Count) + 1)
            throw new InvalidOperationException($"The stock of reservation {id} changed although its rows were locked.");
    }

    /// <summary>Gives back whatever is held, and keeps the reservation from ever holding anything again.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        // The second statement must see what a reserve that this one waited for has committed: hence two, and the first one locks.
        var rows = await transaction.QueryAsync(
            """
            INSERT INTO inventory_reservation_state (reservation_id, state) VALUES (@id, 'released')
            ON CONFLICT (reservation_id) DO UPDATE SET state = 'released';
            DELETE FROM inventory_reservation WHERE reservation_id = @id RETURNING sku, quantity;
            """,
            [_id],
            row => new StockQuantity(row.GetString(0), row.GetInt64(1)),
            cancellationToken);
        if (rows.Count == 0)
            return;

        var (sql, parameters) = ForEach(
            InLockOrder(rows), n => $"UPDATE inventory_stock SET reserved = reserved - @quantity{n} WHERE sku = @sku{n};");
        await transaction.ExecuteAsync(sql, parameters, cancellationToken);
    }

    static StockQuantity[] InLockOrder(IEnumerable<StockQuantity> stock) =>
        [.. stock.OrderBy(item => item.Sku, StringComparer.Ordinal)];

    /// <summary>One text with a statement for each item, so that all travel in one round trip.</summary>
    (string Sql, List<(string Name, object? Value)> Parameters) ForEach(IReadOnlyList<StockQuantity> stock, Func<int, string> statement)
    {
        var sql = new StringBuilder();
        List<(string Name, object? Value)> parameters = [_id];
        for (var index = 0; index < stock.Count; index++)
        {
            sql.AppendLine(statement(index));
            parameters.Add(($"@sku{index}", stock[index].Sku));
            parameters.Add(($"@quantity{index}", stock[index].Quantity));
        }

        return (sql.ToString(), parameters);
    }
}
