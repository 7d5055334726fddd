using System.Collections.Frozen;

namespace Resonance.Workflows.Cards;

/// <summary>How a card behaves at the simulated provider.</summary>
/// <param name="FraudScore">0 to 1.</param>
sealed record SimulatedCard(double FraudScore)
{
    /// <summary>Attempts to assess one charge that stay without an answer before one is answered.</summary>
    public int SilentAssessments { get; init; }

    /// <summary>No request is ever answered.</summary>
    public bool Silent { get; init; }

    /// <summary>Captures are declined.</summary>
    public bool Declined { get; init; }

    /// <summary>How long after it a capture gets onto the provider's statement.</summary>
    public TimeSpan PostedAfter { get; init; }

    /// <summary>By how much the statement shows more than was captured.</summary>
    public decimal MispostedBy { get; init; }
}

/// <summary>The cards that the simulated provider knows, by token.</summary>
static class SimulatedCards
{
    static readonly FrozenDictionary<string, SimulatedCard> ByToken = new Dictionary<string, SimulatedCard>
    {
        ["tok_visa"] = new(0.05),
        ["tok_review"] = new(0.45),
        ["tok_fraud"] = new(0.91),
        ["tok_declined"] = new(0.05) { Declined = true },
        ["tok_timeout_once"] = new(0.05) { SilentAssessments = 1 },
        ["tok_timeout"] = new(0.05) { Silent = true },
        ["tok_late"] = new(0.05) { PostedAfter = TimeSpan.FromSeconds(3) },
        ["tok_misposted"] = new(0.05) { MispostedBy = 0.01m },
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <returns>Null for a token that was never issued.</returns>
    public static SimulatedCard? Find(string token) => ByToken.GetValueOrDefault(token);
}
