using Resonance.Contracts.Reconciliation;
using Resonance.Engine.Definitions;

namespace Resonance.Workflows.Reconciliation;

/// <summary>What a reconciliation remembers.</summary>
public sealed class ReconciliationInstance : WorkflowInstance
{
    /// <summary>The card provider's short name.</summary>
    public string Provider { get; set; } = "";

    /// <summary>Beginning of the period, UTC.</summary>
    public DateTimeOffset From { get; set; }

    /// <summary>End of the period, UTC, not part of it.</summary>
    public DateTimeOffset To { get; set; }

    /// <summary>Lines of the statement that belong to the period, as it was fetched last.</summary>
    public long StatementLines { get; set; }

    /// <summary>Entries of our books in the period.</summary>
    public long LedgerEntries { get; set; }

    /// <summary>Lines that nobody has settled.</summary>
    public long OpenLines { get; set; }

    /// <summary>Lines that persons have settled.</summary>
    public long ResolvedLines { get; set; }

    /// <summary>What the open lines differ by, added up; see <see cref="ReconciliationBalance.Difference"/>.</summary>
    public decimal Difference { get; set; }

    /// <summary>The first open lines, <see cref="ReconciliationBalance.OpenMax"/> at most.</summary>
    public IReadOnlyList<ReconciliationLine> Open { get; set; } = [];

    /// <summary>How often the statement was fetched again because it did not agree.</summary>
    public int Recoveries { get; set; }

    /// <summary>What a person asked for last; the worker settles it.</summary>
    public ReconciliationResolution? Resolution { get; set; }

    internal void Stands(ReconciliationBalance balance)
    {
        OpenLines = balance.OpenLines;
        ResolvedLines = balance.ResolvedLines;
        Difference = balance.Difference;
        Open = balance.Open;
    }
}

/// <summary>What a person asked for.</summary>
/// <param name="Lines">Ids of the lines; null for all that are open.</param>
/// <param name="Operator">Who.</param>
/// <param name="Reason">Why.</param>
public sealed record ReconciliationResolution(IReadOnlyList<string>? Lines, string Operator, string Reason);
