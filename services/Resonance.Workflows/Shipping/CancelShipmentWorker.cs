using Resonance.Contracts.Shipping;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Shipping;

/// <summary>Calls a shipment off, and sees to it that one which has not arrived yet will not go out.</summary>
sealed class CancelShipmentWorker(WorkerEffects effects) : ActivityWorker<CancelShipment, ShipmentCancelled>(effects)
{
    protected override async Task<WorkerResult<ShipmentCancelled>> ExecuteAsync(
        CancelShipment command, WorkerTransaction transaction, CancellationToken cancellationToken)
    {
        await transaction.ExecuteAsync(
            """
            INSERT INTO shipment (shipment_id, status) VALUES (@id, 'cancelled')
            ON CONFLICT (shipment_id) DO UPDATE SET status = 'cancelled'
            """,
            [("@id", command.ShipmentId.ToString())],
            cancellationToken);
        return new ShipmentCancelled { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey };
    }
}
