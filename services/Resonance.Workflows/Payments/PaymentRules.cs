using Resonance.Engine.Rules;

namespace Resonance.Workflows.Payments;

/// <summary>What the payment's rules decide on.</summary>
/// <param name="FraudScore">0 to 1.</param>
/// <param name="Amount">Amount to capture.</param>
public sealed record FraudFacts(double FraudScore, decimal Amount);

/// <summary>The rules of the payment workflow.</summary>
public sealed class PaymentRules
{
    /// <summary>A pass captures the amount.</summary>
    public Rule<FraudFacts> FraudScore { get; } = new(
        "fraud_score",
        "fraud_score < 0.3",
        facts => facts.FraudScore < 0.3,
        facts => $"the fraud score of {facts.FraudScore.ToString(System.Globalization.CultureInfo.InvariantCulture)} is not below 0.3");

    /// <summary>Asked when <see cref="FraudScore"/> failed: a pass has a person decide, a fail declines.</summary>
    public Rule<FraudFacts> FraudReview { get; } = new(
        "fraud_review",
        "fraud_score < 0.7",
        facts => facts.FraudScore < 0.7,
        facts => $"the fraud score of {facts.FraudScore.ToString(System.Globalization.CultureInfo.InvariantCulture)} is not below 0.7");
}
