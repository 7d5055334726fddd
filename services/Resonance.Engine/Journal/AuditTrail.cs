using System.Globalization;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Journal;

/// <summary>Tells a journal row in the words of the audit trail, a sentence a line.</summary>
public static class AuditTrail
{
    /// <summary>The lines of one step, e.g. <c>[09:15:43.105] [INFO] Workflow ORDER-12401 transitioned from PENDING to PROCESSING.</c></summary>
    /// <param name="key">The instance's key.</param>
    /// <param name="row">The step.</param>
    public static IEnumerable<string> Lines(string key, JournalRow row) =>
        Sentences(JournalEntry.ReadAll(row.Entries), row)
            .Select(sentence => string.Create(
                CultureInfo.InvariantCulture, $"[{row.OccurredAt:HH:mm:ss.fff}] [{sentence.Level}] Workflow {key} {sentence.Text}"));

    static IEnumerable<(string Level, string Text)> Sentences(IReadOnlyList<JournalEntry> entries, JournalRow row)
    {
        var retry = entries.OfType<RetryScheduled>().FirstOrDefault();
        var state = row.From;
        foreach (var entry in entries)
        {
            if (entry is StateChanged { To: var entered })
                state = entered;

            switch (entry)
            {
                case StateChanged { From: "Initial" } started:
                    yield return ("INFO", $"started in {Screen(started.To)}.");
                    break;

                // A retry that resets the state tells of both in one sentence.
                case StateChanged changed when retry is not null && changed.To == row.To:
                    break;
                case StateChanged changed:
                    yield return ("INFO", $"transitioned from {Screen(changed.From)} to {Screen(changed.To)}.");
                    break;
                case RetryScheduled scheduled:
                    var reset = row.From == row.To ? "" : $" State reset to {Screen(row.To)}.";
                    yield return ("INFO",
                        $"retry #{scheduled.Retry} after {scheduled.Cause}.{reset} Next attempt in {Seconds(scheduled.DelayMs, "0.0")} s.");
                    break;
                case RecoveryTriggered recovery:
                    yield return ("INFO",
                        $"state: {Screen(state)}. Auto-recovery triggered with {Seconds(recovery.DelayMs, "0.###")}-second delay.");
                    break;
                case RuleEvaluated rule:
                    yield return ("INFO",
                        $"executing state: {Screen(state)}. Rules check: {rule.Expression}. Result: {rule.Verdict.ToUpperInvariant()}.");
                    break;
                case AttemptFailed failed:
                    yield return ("WARN", $"{Title(failed.Activity, failed.Item)} attempt {failed.Attempt} failed: {Clause(failed.Error)}.");
                    break;
                case CompensationStarted compensation:
                    yield return ("INFO", $"undoes {compensation.Activity}: {Clause(compensation.Reason)}.");
                    break;
                case Compensated compensated:
                    yield return ("INFO", $"undid {compensated.Activity}.");
                    break;
                case Suspended suspended:
                    yield return ("WARN", $"suspended: {Clause(suspended.Cause)}.");
                    break;
                case Recovered recovered:
                    yield return ("INFO", $"goes on after {recovered.How}.");
                    break;
                case OperatorAction action:
                    yield return ("INFO", $"{action.Action} by {action.Operator}: {Clause(action.Reason)}.");
                    break;
                case EventRejected rejected:
                    yield return ("WARN", $"rejected {rejected.Event}: {Clause(rejected.Reason)}.");
                    break;
                case ActivitySkipped skipped:
                    yield return ("INFO", $"skipped {skipped.Activity}.");
                    break;
                case Redelivered redelivered:
                    yield return ("INFO", $"delivery {redelivered.Delivery} of {row.Event}: {Clause(redelivered.Cause)}.");
                    break;
                case Finished finished:
                    yield return ("INFO", $"{finished.Outcome} after {Seconds(finished.DurationMs)} s.");
                    break;
            }
        }
    }

    /// <summary>A reason that is a sentence of its own loses its full stop where it ends ours.</summary>
    static string Clause(string reason) => reason.TrimEnd('.', ' ');

    static string Title(string activity, string? item) => item is null ? activity : $"{activity}({item})";

    static string Screen(string state) => StateNames.ToScreen(state);

    static string Seconds(long milliseconds, string format = "0.0##") => (milliseconds / 1000.0).ToString(format, CultureInfo.InvariantCulture);
}
