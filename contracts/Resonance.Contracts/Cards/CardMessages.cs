using System.ComponentModel.DataAnnotations;
using Resonance.Contracts.Workflows;

namespace Resonance.Contracts.Cards;

/// <summary>Asks the card provider how likely fraud is. Answered by <see cref="CardAssessed"/>.</summary>
public sealed record AssessCard : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The card, as a token of the provider.</summary>
    [Sensitive, Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string CardToken { get; init; }

    /// <summary>Amount that is to be captured.</summary>
    public required decimal Amount { get; init; }

    /// <summary>ISO 4217 alphabetic code.</summary>
    [CurrencyCode]
    public required string Currency { get; init; }
}

/// <summary>
/// Captures an amount. Answered by <see cref="CardCaptured"/>, or by <see cref="ActivityFailed"/> of kind <c>card_declined</c>.
/// </summary>
public sealed record CaptureCard : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The card, as a token of the provider.</summary>
    [Sensitive, Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string CardToken { get; init; }

    /// <summary>Amount to capture.</summary>
    public required decimal Amount { get; init; }

    /// <summary>ISO 4217 alphabetic code.</summary>
    [CurrencyCode]
    public required string Currency { get; init; }
}

/// <summary>
/// Gives a captured amount back; a capture that was never made is no error, and can no longer be made. Answered by <see cref="CardRefunded"/>.
/// </summary>
public sealed record RefundCard : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The idempotency key of the <see cref="CaptureCard"/>: it names the capture even when its answer never came.</summary>
    [Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string CaptureKey { get; init; }
}

/// <summary>How likely fraud is.</summary>
public sealed record CardAssessed : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>0 (surely honest) to 1 (surely fraud).</summary>
    [Range(0.0, 1.0)]
    public required double FraudScore { get; init; }
}

/// <summary>The amount was captured.</summary>
public sealed record CardCaptured : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>The provider's id of the capture.</summary>
    [Required]
    public required string CaptureId { get; init; }
}

/// <summary>The amount was given back.</summary>
public sealed record CardRefunded : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }
}
