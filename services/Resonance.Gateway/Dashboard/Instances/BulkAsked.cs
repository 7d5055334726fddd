namespace Resonance.Gateway.Dashboard.Instances;

/// <summary>What a person decided about a bulk action.</summary>
/// <param name="Reason">Why, for the journals.</param>
/// <param name="PerSecond">Instances a second.</param>
sealed record BulkAsked(string Reason, int PerSecond);
