using System.ComponentModel.DataAnnotations;
using Resonance.Contracts.Workflows;

namespace Resonance.Contracts.Shipping;

/// <summary>
/// Arranges that a carrier fetches an order. Answered by <see cref="ShipmentArranged"/>, or by <see cref="ActivityFailed"/> of kind
/// <c>shipping_refused</c> when the customer cannot be delivered to.
/// </summary>
public sealed record ArrangeShipment : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>Names the shipment, so that it can be cancelled.</summary>
    [NotEmpty]
    public required Guid ShipmentId { get; init; }

    /// <summary>The order's key, printed on the label.</summary>
    [Required, StringLength(64, MinimumLength = 1), PlainText]
    public required string Reference { get; init; }

    /// <summary>Who receives it.</summary>
    [Required, StringLength(64, MinimumLength = 1), PlainText]
    public required string CustomerId { get; init; }
}

/// <summary>Calls a shipment off; one that does not exist is no error. Answered by <see cref="ShipmentCancelled"/>.</summary>
public sealed record CancelShipment : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The shipment.</summary>
    [NotEmpty]
    public required Guid ShipmentId { get; init; }
}

/// <summary>A carrier takes the shipment.</summary>
public sealed record ShipmentArranged : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>The carrier's tracking number.</summary>
    [Required]
    public required string TrackingNumber { get; init; }
}

/// <summary>The shipment does not go out.</summary>
public sealed record ShipmentCancelled : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }
}
