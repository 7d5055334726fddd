using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Resonance.Engine.Telemetry;

/// <summary>Every name under which Resonance shows itself to OpenTelemetry.</summary>
public static class ResonanceTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "Resonance";

    internal const string StepSpan = "resonance step";
    internal const string DispatchSpan = "resonance dispatch";

    internal const string WorkflowIdTag = "resonance.workflow.id";
    internal const string WorkflowTypeTag = "resonance.workflow.type";
    internal const string WorkflowKeyTag = "resonance.workflow.key";
    internal const string EventTag = "resonance.event";
    internal const string FromTag = "resonance.state.from";
    internal const string ToTag = "resonance.state.to";
    internal const string OutcomeTag = "resonance.step.outcome";

    internal static readonly ActivitySource Source = new(Name);
    static readonly Meter Meter = new(Name);

    static readonly Counter<long> Steps = Meter.CreateCounter<long>("resonance.steps", "{step}", "Steps by outcome.");
    static readonly Histogram<int> GroupSize = Meter.CreateHistogram<int>("resonance.commit.group_size", "{step}", "Steps in one transaction.");
    static readonly Histogram<double> CommitTime = Meter.CreateHistogram<double>("resonance.commit.duration", "s", "Time of one group commit.");

    static readonly Counter<long> Recoveries = Meter.CreateCounter<long>(
        "resonance.recovered", "{instance}", "Instances that nothing would have moved on any more. With a sound engine it stays 0.");

    internal static void Recovered(string type) => Recoveries.Add(1, new KeyValuePair<string, object?>(WorkflowTypeTag, type));

    internal static void StepEnded(string type, string outcome) =>
        Steps.Add(1, new KeyValuePair<string, object?>(WorkflowTypeTag, type), new KeyValuePair<string, object?>(OutcomeTag, outcome));

    internal static void GroupCommitted(int steps, TimeSpan elapsed)
    {
        GroupSize.Record(steps);
        CommitTime.Record(elapsed.TotalSeconds);
    }
}
