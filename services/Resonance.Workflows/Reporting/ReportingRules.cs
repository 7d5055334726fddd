using Resonance.Engine.Rules;

namespace Resonance.Workflows.Reporting;

/// <summary>What decides whether a report is worth writing.</summary>
/// <param name="Kind"><c>workflows</c>, or the type of one workflow.</param>
/// <param name="Steps">
/// Steps that were taken in the period, over all workflows of the report; the making of reports counts in a report on nothing else.
/// </param>
/// <param name="Started">Instances that were started in it.</param>
/// <param name="Finished">Instances that ended in it.</param>
public sealed record ReportFacts(string Kind, long Steps, long Started, long Finished);

/// <summary>The rules of the reporting workflow.</summary>
public sealed class ReportingRules
{
    /// <summary>Asked once all figures are there; on a fail there is no report.</summary>
    public Rule<ReportFacts> HasData { get; } = new(
        "has_data", "steps > 0",
        description: "Which reports are worth writing.",
        failMeans: "nothing happened in the period");
}
