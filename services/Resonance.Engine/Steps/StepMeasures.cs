using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Steps;

/// <summary>Counts what a committed step did, by its entries: what was not committed did not happen.</summary>
static class StepMeasures
{
    public static void Committed(StepCommit commit, IReadOnlyList<JournalEntry> entries)
    {
        var type = commit.Workflow.Type;
        if (commit.Journal.Sequence == 1)
            ResonanceMetrics.WorkflowStarted(type);
        foreach (var entry in entries)
            Count(type, entry);
    }

    static void Count(string type, JournalEntry entry)
    {
        switch (entry)
        {
            case StateChanged change:
                ResonanceMetrics.StateChanged(type, change.From, change.To);
                break;
            case RuleEvaluated rule:
                ResonanceMetrics.RuleEvaluated(type, rule.Rule, rule.Verdict);
                break;
            case AttemptFailed failed:
                ResonanceMetrics.AttemptFailed(type, failed.Activity);
                break;
            case RetryScheduled retry:
                ResonanceMetrics.RetryScheduled(type, retry.Activity);
                break;
            case Compensated compensated:
                ResonanceMetrics.Compensated(type, compensated.Activity);
                break;
            case Suspended:
                ResonanceMetrics.Suspended(type);
                break;
            case EventRejected rejected:
                ResonanceMetrics.EventRejected(type, rejected.Event);
                break;
            case Redelivered:
                ResonanceMetrics.Redelivered(type);
                break;
            case Finished finished:
                ResonanceMetrics.WorkflowFinished(type, finished.Outcome, TimeSpan.FromMilliseconds(finished.DurationMs));
                break;
        }
    }
}
