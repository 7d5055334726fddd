using System.ComponentModel.DataAnnotations;
using Resonance.Contracts.Workflows;

namespace Resonance.Contracts.Inventory;

/// <summary>Reserves every line, or none. Answered by <see cref="InventoryReserved"/>.</summary>
public sealed record ReserveInventory : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>Names the reservation, so that it can be released.</summary>
    [NotEmpty]
    public required Guid ReservationId { get; init; }

    /// <summary>What to reserve.</summary>
    [Required, Length(1, 100)]
    public required IReadOnlyList<InventoryLine> Lines { get; init; }
}

/// <summary>Gives a reservation back; one that does not exist is no error. Answered by <see cref="InventoryReleased"/>.</summary>
public sealed record ReleaseInventory : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The reservation.</summary>
    [NotEmpty]
    public required Guid ReservationId { get; init; }
}

/// <summary>A quantity of one stock keeping unit.</summary>
public sealed record InventoryLine
{
    /// <summary>Stock keeping unit.</summary>
    [Required, StringLength(64, MinimumLength = 1), PlainText]
    public required string Sku { get; init; }

    /// <summary>Pieces, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public required int Quantity { get; init; }
}

/// <summary>Whether the lines were reserved, and what there was. An unknown SKU has 0 available.</summary>
public sealed record InventoryReserved : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>True when every line was reserved; false when none was.</summary>
    public required bool Reserved { get; init; }

    /// <summary>Each line with the pieces that were free before this reservation.</summary>
    [Required]
    public required IReadOnlyList<InventoryAvailability> Lines { get; init; }
}

/// <summary>What was asked for and what there was.</summary>
public sealed record InventoryAvailability
{
    /// <summary>Stock keeping unit.</summary>
    public required string Sku { get; init; }

    /// <summary>Pieces asked for.</summary>
    public required int Quantity { get; init; }

    /// <summary>Pieces that were free.</summary>
    public required long Available { get; init; }
}

/// <summary>The reservation no longer exists.</summary>
public sealed record InventoryReleased : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }
}
