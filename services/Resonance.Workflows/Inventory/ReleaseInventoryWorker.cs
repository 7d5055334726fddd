using Resonance.Contracts.Inventory;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Inventory;

/// <summary>Gives a reservation back, and sees to it that one which has not arrived yet will hold nothing.</summary>
sealed class ReleaseInventoryWorker(WorkerEffects effects) : ActivityWorker<ReleaseInventory, InventoryReleased>(effects)
{
    protected override async Task<WorkerResult<InventoryReleased>> ExecuteAsync(
        ReleaseInventory command, WorkerTransaction transaction, CancellationToken cancellationToken)
    {
        await new Reservation(command.ReservationId, transaction).ReleaseAsync(cancellationToken);
        return new InventoryReleased { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey };
    }
}
