using Resonance.Contracts;
using Resonance.Contracts.Notifications;
using Resonance.Engine.Definitions;

namespace Resonance.Workflows.Payments;

/// <summary>What a payment remembers.</summary>
public sealed class PaymentInstance : WorkflowInstance
{
    /// <summary>What is paid for.</summary>
    public string Reference { get; set; } = "";

    /// <summary>Amount to capture, in <see cref="Currency"/>.</summary>
    public decimal Amount { get; set; }

    /// <summary>ISO 4217 alphabetic code.</summary>
    public string Currency { get; set; } = "";

    /// <summary>The card to charge, as a token of the card provider.</summary>
    [Sensitive]
    public string CardToken { get; set; } = "";

    /// <summary>How likely fraud is, 0 to 1; null until assessed.</summary>
    public double? FraudScore { get; set; }

    /// <summary>Who is told when the payment is declined or given back; null for nobody.</summary>
    public NotificationRecipient? Notify { get; set; }

    /// <summary>The provider's id of the capture, once captured.</summary>
    public string? CaptureId { get; set; }
}
