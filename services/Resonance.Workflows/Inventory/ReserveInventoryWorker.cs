using Resonance.Contracts.Inventory;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Inventory;

/// <summary>Reserves every line of an order, or none.</summary>
sealed class ReserveInventoryWorker(WorkerEffects effects) : ActivityWorker<ReserveInventory, InventoryReserved>(effects)
{
    protected override async Task<WorkerResult<InventoryReserved>> ExecuteAsync(
        ReserveInventory command, WorkerTransaction transaction, CancellationToken cancellationToken)
    {
        if (command.Lines.Count == 0 || command.Lines.Any(line => line.Quantity <= 0))
            return WorkerResult.Refused("invalid_command", "A reservation needs at least one line, and each line at least one piece.");

        var wanted = command.Lines
            .GroupBy(line => line.Sku, line => (long)line.Quantity, StringComparer.Ordinal)
            .Select(lines => new StockQuantity(lines.Key, lines.Sum()))
            .OrderBy(stock => stock.Sku, StringComparer.Ordinal)
            .ToArray();

        var reservation = new Reservation(command.ReservationId, transaction);
        var state = await reservation.TakeTurnAsync(cancellationToken);
        var held = state == Reservation.Held ? await reservation.ReadAsync(cancellationToken) : [];
        if (state == Reservation.Held && !held.SequenceEqual(wanted))
        {
            return WorkerResult.Refused(
                "reservation_differs", $"The reservation {command.ReservationId} exists and holds other lines than are asked for now.");
        }

        var free = await reservation.LockStockAsync(wanted, cancellationToken);
        foreach (var stock in held)
            free[stock.Sku] += stock.Quantity;

        var reserved = state switch
        {
            Reservation.Held => true,
            Reservation.Released => false,
            _ => wanted.All(stock => free.GetValueOrDefault(stock.Sku) >= stock.Quantity),
        };
        if (reserved && state != Reservation.Held)
            await reservation.HoldAsync(wanted, cancellationToken);

        return new InventoryReserved
        {
            WorkflowId = command.WorkflowId,
            IdempotencyKey = command.IdempotencyKey,
            Reserved = reserved,
            Lines =
            [
                .. command.Lines.Select(line => new InventoryAvailability
                {
                    Sku = line.Sku,
                    Quantity = line.Quantity,
                    Available = free.GetValueOrDefault(line.Sku),
                }),
            ],
        };
    }
}
