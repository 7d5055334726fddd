namespace Resonance.AcceptanceTests.Support;

/// <summary>What the workers did, as their own tables tell.</summary>
sealed class Effects(TestDatabase database)
{
    /// <summary>Pieces that an order holds.</summary>
    public async Task<long> ReservedAsync(Guid orderId, CancellationToken cancellationToken) =>
        await database.ScalarAsync<long>(
            $"SELECT coalesce(sum(quantity), 0)::bigint FROM resonance.inventory_reservation WHERE reservation_id = '{orderId}'",
            cancellationToken);

    /// <summary>SKUs whose reserved pieces are not the sum of what reservations hold; there may be none.</summary>
    public Task<IReadOnlyList<string>> SkusOutOfBalanceAsync(CancellationToken cancellationToken) => database.QueryAsync(
        """
        SELECT stock.sku FROM resonance.inventory_stock stock
        WHERE stock.reserved <> (SELECT coalesce(sum(quantity), 0) FROM resonance.inventory_reservation held WHERE held.sku = stock.sku)
        """,
        reader => reader.GetString(0),
        cancellationToken);

    /// <summary>What the card provider has in its books for a payment.</summary>
    public Task<IReadOnlyList<CardOperation>> CardOperationsAsync(Guid paymentId, CancellationToken cancellationToken) => database.QueryAsync(
        $"""
        SELECT operation, amount, refunded_by FROM resonance.card_operation
        WHERE idempotency_key LIKE '{paymentId:N}/%' ORDER BY operation
        """,
        reader => new CardOperation(reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2)),
        cancellationToken);

    /// <returns><c>arranged</c>, <c>cancelled</c>, or null when nobody asked for a shipment.</returns>
    public Task<string?> ShipmentAsync(Guid orderId, CancellationToken cancellationToken) =>
        database.ScalarAsync<string>($"SELECT status FROM resonance.shipment WHERE shipment_id = '{orderId}'", cancellationToken);

    /// <summary>What our own books have of a payment: <c>capture</c>, <c>refund</c>.</summary>
    public Task<IReadOnlyList<string>> LedgerAsync(Guid paymentId, CancellationToken cancellationToken) => database.QueryAsync(
        $"SELECT operation FROM resonance.payment_ledger WHERE payment_id = '{paymentId:N}' ORDER BY operation",
        reader => reader.GetString(0),
        cancellationToken);

    /// <summary>Steps that an instance has taken.</summary>
    public Task<long> StepsAsync(Guid id, CancellationToken cancellationToken) =>
        database.ScalarAsync<long>($"SELECT count(*) FROM resonance.journal WHERE workflow_id = '{id}'", cancellationToken);

    /// <summary>Whether there is a row of an instance, even of one that has taken no step.</summary>
    public async Task<bool> ExistsAsync(Guid id, CancellationToken cancellationToken) =>
        await database.ScalarAsync<long>($"SELECT count(*) FROM resonance.workflow WHERE id = '{id}'", cancellationToken) > 0;
}

sealed record CardOperation(string Operation, string Amount, string? RefundedBy);
