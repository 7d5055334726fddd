using System.ComponentModel.DataAnnotations;
using Resonance.Contracts.Notifications;

namespace Resonance.Contracts.Payments;

/// <summary>Starts a payment workflow: assess the card, then capture the amount.</summary>
public sealed record StartPayment
{
    /// <summary>Identity of the payment and of its workflow; the same id never starts a second payment.</summary>
    [NotEmpty]
    public required Guid PaymentId { get; init; }

    /// <summary>What is paid for, e.g. an order number; shown to people.</summary>
    [Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string Reference { get; init; }

    /// <summary>Amount to capture, above 0 to 1,000,000,000,000, four decimals at most.</summary>
    [Range(typeof(decimal), "0.0001", "1000000000000", ParseLimitsInInvariantCulture = true), DecimalPlaces(4)]
    public required decimal Amount { get; init; }

    /// <summary>ISO 4217 alphabetic code.</summary>
    [CurrencyCode]
    public required string Currency { get; init; }

    /// <summary>The card to charge, as a token of the card provider.</summary>
    [Sensitive, Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string CardToken { get; init; }

    /// <summary>Who is told when the payment is declined or given back, by e-mail, else by webhook; nobody when left out.</summary>
    public NotificationRecipient? Notify { get; init; }
}

/// <summary>Gives a captured payment back. The payment answers its caller when the money is returned.</summary>
public sealed record RefundPayment
{
    /// <summary>The payment.</summary>
    [NotEmpty]
    public required Guid PaymentId { get; init; }

    /// <summary>Why, for people.</summary>
    [Required, StringLength(512), PlainText]
    public required string Reason { get; init; }
}

/// <summary>The amount was captured.</summary>
public sealed record PaymentCompleted
{
    /// <summary>The payment.</summary>
    public required Guid PaymentId { get; init; }

    /// <summary>What was paid for.</summary>
    public required string Reference { get; init; }

    /// <summary>The provider's id of the capture.</summary>
    public required string CaptureId { get; init; }

    /// <summary>Amount that was captured, in <see cref="Currency"/>, above 0.</summary>
    public required decimal Amount { get; init; }

    /// <summary>ISO 4217 alphabetic code.</summary>
    public required string Currency { get; init; }

    /// <summary>When the payment learned of the capture, UTC.</summary>
    public required DateTimeOffset CompletedAt { get; init; }
}

/// <summary>The payment was refused; nothing was captured.</summary>
public sealed record PaymentDeclined
{
    /// <summary>The payment.</summary>
    public required Guid PaymentId { get; init; }

    /// <summary>What was to be paid for.</summary>
    public required string Reference { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }
}

/// <summary>A captured amount was given back.</summary>
public sealed record PaymentRefunded
{
    /// <summary>The payment.</summary>
    public required Guid PaymentId { get; init; }

    /// <summary>What had been paid for.</summary>
    public required string Reference { get; init; }

    /// <summary>
    /// The provider's id of the capture; null when the payment was given up before it knew whether the amount had been captured.
    /// </summary>
    public string? CaptureId { get; init; }

    /// <summary>Amount that was given back, in <see cref="Currency"/>, above 0.</summary>
    public required decimal Amount { get; init; }

    /// <summary>ISO 4217 alphabetic code.</summary>
    public required string Currency { get; init; }

    /// <summary>When the payment learned that the amount was given back, UTC.</summary>
    public required DateTimeOffset RefundedAt { get; init; }
}
