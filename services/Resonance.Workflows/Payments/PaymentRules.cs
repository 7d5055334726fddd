using Resonance.Engine.Rules;

namespace Resonance.Workflows.Payments;

/// <summary>What the payment's rules decide on.</summary>
/// <param name="FraudScore">0 to 1.</param>
/// <param name="Amount">Amount to capture.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
public sealed record FraudFacts(double FraudScore, decimal Amount, string Currency);

/// <summary>The rules of the payment workflow.</summary>
public sealed class PaymentRules
{
    /// <summary>A pass captures the amount.</summary>
    public Rule<FraudFacts> FraudScore { get; } = new(
        "fraud_score", "fraud_score < 0.3",
        description: "Which payments are captured without anybody looking at them.",
        failMeans: "the fraud score is too high to go through unseen");

    /// <summary>Asked when <see cref="FraudScore"/> failed: a pass has a person decide, a fail declines.</summary>
    public Rule<FraudFacts> FraudReview { get; } = new(
        "fraud_review", "fraud_score < 0.7",
        description: "Which of the other payments a person may still accept.",
        failMeans: "the fraud score is too high");
}
