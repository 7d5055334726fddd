using System.ComponentModel.DataAnnotations;
using Resonance.Contracts.Notifications;

namespace Resonance.Contracts.Orders;

/// <summary>Starts an order workflow: reserve stock, take the payment, ship.</summary>
public sealed record SubmitOrder : IValidatableObject
{
    /// <summary>Identity of the order and of its workflow; the same id never starts a second order.</summary>
    [NotEmpty]
    public required Guid OrderId { get; init; }

    /// <summary>The key that people see, unique among orders. Left out, one is generated (<c>ORDER-12401</c>).</summary>
    [StringLength(64, MinimumLength = 1), PlainText]
    public string? OrderNumber { get; init; }

    /// <summary>Who orders.</summary>
    [Required, StringLength(64, MinimumLength = 1), PlainText]
    public required string CustomerId { get; init; }

    /// <summary>Currency of every price of the order, ISO 4217 alphabetic code, e.g. <c>EUR</c>.</summary>
    [CurrencyCode]
    public required string Currency { get; init; }

    /// <summary>What is ordered, 1 to 100 lines.</summary>
    [Required, Length(1, 100)]
    public required IReadOnlyList<OrderLine> Lines { get; init; }

    /// <summary>The card to charge, as a token of the card provider.</summary>
    [Sensitive, Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string CardToken { get; init; }

    /// <summary>0 (default) to 9; higher goes first where messages wait.</summary>
    [Range(0, 9)]
    public int? Priority { get; init; }

    /// <summary>Who is told how the order went, by e-mail, else by webhook; nobody when left out.</summary>
    public NotificationRecipient? Notify { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var repeated = (Lines ?? []).Where(line => line is not null).GroupBy(line => line.Sku, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null)
            yield return new ValidationResult($"The SKU '{repeated.Key}' stands on more than one line; add the quantities up.", [nameof(Lines)]);
    }
}

/// <summary>One line of an order.</summary>
public sealed record OrderLine
{
    /// <summary>Stock keeping unit, e.g. <c>SKU-1001</c>.</summary>
    [Required, StringLength(64, MinimumLength = 1), PlainText]
    public required string Sku { get; init; }

    /// <summary>Pieces, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public required int Quantity { get; init; }

    /// <summary>Price of one piece in the order's currency, 0 to 1,000,000, four decimals at most.</summary>
    [Range(typeof(decimal), "0", "1000000", ParseLimitsInInvariantCulture = true), DecimalPlaces(4)]
    public required decimal UnitPrice { get; init; }
}

/// <summary>The order was paid and shipped.</summary>
public sealed record OrderCompleted
{
    /// <summary>The order.</summary>
    public required Guid OrderId { get; init; }

    /// <summary>Its key.</summary>
    public required string OrderNumber { get; init; }

    /// <summary>The carrier's tracking number.</summary>
    public required string TrackingNumber { get; init; }
}

/// <summary>The order was given up and everything it had done was undone.</summary>
public sealed record OrderCancelled
{
    /// <summary>The order.</summary>
    public required Guid OrderId { get; init; }

    /// <summary>Its key.</summary>
    public required string OrderNumber { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }
}
