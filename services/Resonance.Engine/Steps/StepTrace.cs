using System.Diagnostics;
using System.Text;
using MassTransit;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using static Resonance.Engine.Telemetry.ResonanceTelemetry;

namespace Resonance.Engine.Steps;

/// <summary>The spans of a step: one for what a message made of an instance, and below it one for the commit.</summary>
static class StepTrace
{
    // Its own header, by which MassTransit goes on with a trace; it knows no other.
    const string MassTransitParent = "MT-Activity-Id";

    /// <summary>The trace that a foreign producer began goes on here.</summary>
    public static Activity? Start<TMessage>(string workflow, Guid id, ConsumeContext<TMessage> context) where TMessage : class
    {
        if (!Source.HasListeners())
            return null;

        var span = Start($"step {workflow}", context.ReceiveContext.TransportHeaders);
        if (span is { IsAllDataRequested: true })
            span.SetTag(WorkflowTypeTag, workflow).SetTag(WorkflowIdTag, id.ToString()).SetTag(EventTag, typeof(TMessage).Name);
        return span;
    }

    /// <summary>The commit, as the step waits for it: it travels with those of other instances in one transaction.</summary>
    public static Activity? StartCommit(string database)
    {
        var span = Source.StartActivity($"commit {database}", ActivityKind.Client);
        if (span is { IsAllDataRequested: true })
            span.SetTag(DatabaseTag, database).SetTag(OperationTag, "COMMIT");
        return span;
    }

    /// <summary>What became of the step. A race that was lost leaves no more than its outcome: the step is decided anew.</summary>
    public static void Ended(Activity? span, StepCommit commit, IReadOnlyList<JournalEntry> entries, StepOutcome outcome)
    {
        if (span is not { IsAllDataRequested: true })
            return;

        span.SetTag(OutcomeTag, Word(outcome));
        if (outcome == StepOutcome.Conflict)
            return;

        var journal = commit.Journal;
        span.SetTag(WorkflowKeyTag, commit.Workflow.Key)
            .SetTag(SequenceTag, journal.Sequence)
            .SetTag(FromTag, journal.From)
            .SetTag(ToTag, journal.To);
        foreach (var entry in entries)
        {
            if (Told(entry) is { } told)
                span.AddEvent(told);
        }
    }

    /// <summary>There is no instance (yet): nothing was decided.</summary>
    public static void Postponed(Activity? span)
    {
        if (span is { IsAllDataRequested: true })
            span.SetTag(OutcomeTag, "postponed");
    }

    public static void Failed(Activity? span, Exception exception)
    {
        if (span is not { IsAllDataRequested: true })
            return;

        span.AddException(exception);
        span.SetTag(ErrorTag, exception.GetType().FullName).SetStatus(ActivityStatusCode.Error, exception.Message);
    }

    /// <summary>An outcome as it stands in spans and metrics.</summary>
    public static string Word(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Committed => "committed",
        StepOutcome.Duplicate => "duplicate",
        StepOutcome.Conflict => "conflict",
        StepOutcome.KeyTaken => "key_taken",
        StepOutcome.Refused => "refused",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    static Activity? Start(string name, Headers headers)
    {
        if (ForeignParent(headers) is not { } parent)
            return Source.StartActivity(name, ActivityKind.Internal);

        // MassTransit has begun a trace of its own for what it did not recognise; nothing is in it but the receiving.
        for (var receiving = Activity.Current; receiving is not null; receiving = receiving.Parent)
        {
            receiving.IsAllDataRequested = false;
            receiving.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }

        return Source.StartActivity(name, ActivityKind.Consumer, parent);
    }

    static ActivityContext? ForeignParent(Headers headers)
    {
        if (headers.TryGetHeader(MassTransitParent, out _) || !headers.TryGetHeader("traceparent", out var header))
            return null;

        var text = header as string ?? (header is byte[] bytes ? Encoding.ASCII.GetString(bytes) : null);
        return ActivityContext.TryParse(text, null, isRemote: true, out var parent) ? parent : null;
    }

    /// <summary>The event that tells of an entry; null for those that the span tells otherwise, or the messages below it.</summary>
    static ActivityEvent? Told(JournalEntry entry) => entry switch
    {
        RuleEvaluated rule => Event(
            "resonance.rule.evaluated", (RuleTag, rule.Rule), (RuleVersionTag, rule.Version), (VerdictTag, rule.Verdict)),
        CommandSent command => Event(
            "resonance.command.sent", (ActivityTag, command.Activity), (CommandTag, command.Command), (AttemptTag, command.Attempt)),
        AttemptFailed failed => Event(
            "resonance.attempt.failed", (ActivityTag, failed.Activity), (AttemptTag, failed.Attempt), (ErrorTag, failed.ErrorKind)),
        RetryScheduled retry => Event(
            "resonance.retry.scheduled", (ActivityTag, retry.Activity), (AttemptTag, retry.Retry + 1), (DelayTag, retry.DelayMs / 1000.0),
            (CauseTag, retry.Cause)),
        RecoveryTriggered recovery => Event(
            "resonance.recovery.scheduled", (ActivityTag, recovery.Activity), (AttemptTag, recovery.Attempt),
            (DelayTag, recovery.DelayMs / 1000.0)),
        CompensationStarted compensation => Event("resonance.compensation.started", (ActivityTag, compensation.Activity)),
        Compensated compensated => Event("resonance.compensation.completed", (ActivityTag, compensated.Activity)),
        Suspended suspended => Event("resonance.suspended", (ActivityTag, suspended.Activity), (ErrorTag, suspended.ErrorKind)),
        Recovered => Event("resonance.recovered"),
        EventRejected rejected => Event("resonance.event.rejected", (EventTag, rejected.Event)),
        OperatorAction action => Event("resonance.operator.action", (ActionTag, action.Action)),
        Redelivered again => Event("resonance.redelivered", (AttemptTag, again.Delivery)),
        RaceLost race => Event("resonance.race.lost", (AttemptTag, race.Race)),
        Finished finished => Event("resonance.finished", (WorkflowOutcomeTag, finished.Outcome)),
        _ => null,
    };

    static ActivityEvent Event(string name, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        var tags = new ActivityTagsCollection();
        foreach (var (tag, value) in attributes)
        {
            if (value is not null)
                tags[tag] = value;
        }

        return new ActivityEvent(name, tags: tags);
    }
}
