using System.Security.Cryptography;
using Resonance.Contracts.Shipping;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Shipping;

/// <summary>Arranges a shipment, unless it was called off before.</summary>
sealed class ArrangeShipmentWorker(WorkerEffects effects) : ActivityWorker<ArrangeShipment, ShipmentArranged>(effects)
{
    const string UndeliverablePrefix = "noship";

    protected override async Task<WorkerResult<ShipmentArranged>> ExecuteAsync(
        ArrangeShipment command, WorkerTransaction transaction, CancellationToken cancellationToken)
    {
        if (command.CustomerId.StartsWith(UndeliverablePrefix, StringComparison.Ordinal))
            return WorkerResult.Refused("shipping_refused", $"No carrier delivers to customer '{command.CustomerId}'.");

        // The update that changes nothing locks the row and returns it: a cancellation at the same moment comes before or after.
        var rows = await transaction.QueryAsync(
            """
            INSERT INTO shipment (shipment_id, reference, customer_id, tracking_number, status)
            VALUES (@id, @reference, @customer, @tracking, 'arranged')
            ON CONFLICT (shipment_id) DO UPDATE SET status = shipment.status
            RETURNING status, reference, customer_id, tracking_number
            """,
            [
                ("@id", command.ShipmentId.ToString()),
                ("@reference", command.Reference),
                ("@customer", command.CustomerId),
                ("@tracking", TrackingNumberOf(command.ShipmentId)),
            ],
            row => row.GetString(0) == "cancelled" ? null : new Shipment(row.GetString(1), row.GetString(2), row.GetString(3)),
            cancellationToken);

        return rows.Single() switch
        {
            null => WorkerResult.Refused("shipment_cancelled", $"The shipment {command.ShipmentId} was called off before."),
            var shipment when shipment.Reference != command.Reference || shipment.CustomerId != command.CustomerId =>
                WorkerResult.Refused("shipment_differs", $"The shipment {command.ShipmentId} exists and is another one than is asked for."),
            var shipment => new ShipmentArranged
            {
                WorkflowId = command.WorkflowId,
                IdempotencyKey = command.IdempotencyKey,
                TrackingNumber = shipment.TrackingNumber,
            },
        };
    }

    static string TrackingNumberOf(Guid shipmentId) => "TRK-" + Convert.ToHexString(SHA256.HashData(shipmentId.ToByteArray()), 0, 8);

    sealed record Shipment(string Reference, string CustomerId, string TrackingNumber);
}
