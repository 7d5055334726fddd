using Resonance.Engine.Rules;

namespace Resonance.Workflows.Reconciliation;

/// <summary>What the tolerance rule decides on.</summary>
/// <param name="OpenLines">Lines on which our books and the statement do not agree and that nobody has settled.</param>
/// <param name="Difference">What these lines differ by, each without its sign, added up as numbers whatever their currency.</param>
/// <param name="StatementLines">Lines of the statement in the period.</param>
/// <param name="LedgerEntries">Entries of our books in the period.</param>
public sealed record ToleranceFacts(long OpenLines, decimal Difference, long StatementLines, long LedgerEntries);

/// <summary>The rules of the reconciliation workflow.</summary>
public sealed class ReconciliationRules
{
    /// <summary>A pass verifies the period.</summary>
    public Rule<ToleranceFacts> WithinTolerance { get; } = new(
        "within_tolerance", "open_lines == 0",
        description: "How far our books and the provider's statement may differ without anybody looking at it.",
        failMeans: "our books and the statement do not agree");
}
