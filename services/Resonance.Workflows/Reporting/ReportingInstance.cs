using Resonance.Contracts.Reporting;
using Resonance.Engine.Definitions;

namespace Resonance.Workflows.Reporting;

/// <summary>What a report remembers.</summary>
public sealed class ReportingInstance : WorkflowInstance
{
    /// <summary><c>workflows</c>, or the type of one workflow.</summary>
    public string Kind { get; set; } = "";

    /// <summary>First moment of the period, UTC.</summary>
    public DateTimeOffset From { get; set; }

    /// <summary>The moment after the period's last, UTC.</summary>
    public DateTimeOffset To { get; set; }

    /// <summary><c>csv</c> or <c>html</c>.</summary>
    public string Format { get; set; } = "";

    /// <summary>What has been collected so far, by workflow type.</summary>
    public IReadOnlyList<ReportFigures> Figures { get; set; } = [];

    /// <summary>Size of the report in bytes; 0 until it is rendered.</summary>
    public long Size { get; set; }

    /// <summary>Adds the figures of one workflow; the order does not depend on who answers first.</summary>
    internal void Collected(ReportFigures figures) =>
        Figures = [.. Figures.Append(figures).OrderBy(one => one.Workflow, StringComparer.Ordinal)];
}
