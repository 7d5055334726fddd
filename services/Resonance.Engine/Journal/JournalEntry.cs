using System.Text.Json;
using System.Text.Json.Serialization;

namespace Resonance.Engine.Journal;

/// <summary>One fact of a step: what happened, with the values that it happened with.</summary>
/// <remarks>The set is closed and its JSON is stored for ever: add kinds and optional members, never rename or reuse.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(StateChanged), "stateChanged")]
[JsonDerivedType(typeof(RuleEvaluated), "ruleEvaluated")]
[JsonDerivedType(typeof(CommandSent), "commandSent")]
[JsonDerivedType(typeof(EventPublished), "eventPublished")]
[JsonDerivedType(typeof(ReplyReceived), "replyReceived")]
[JsonDerivedType(typeof(TimerSet), "timerSet")]
[JsonDerivedType(typeof(TimerCancelled), "timerCancelled")]
[JsonDerivedType(typeof(TimerFired), "timerFired")]
[JsonDerivedType(typeof(RetryScheduled), "retryScheduled")]
[JsonDerivedType(typeof(RecoveryTriggered), "recoveryTriggered")]
[JsonDerivedType(typeof(AttemptFailed), "attemptFailed")]
[JsonDerivedType(typeof(CompensationStarted), "compensationStarted")]
[JsonDerivedType(typeof(Compensated), "compensated")]
[JsonDerivedType(typeof(EventRejected), "eventRejected")]
[JsonDerivedType(typeof(OperatorAction), "operatorAction")]
[JsonDerivedType(typeof(Suspended), "suspended")]
[JsonDerivedType(typeof(Recovered), "recovered")]
[JsonDerivedType(typeof(Finished), "finished")]
[JsonDerivedType(typeof(ActivitySkipped), "activitySkipped")]
[JsonDerivedType(typeof(Redelivered), "redelivered")]
[JsonDerivedType(typeof(RaceLost), "raceLost")]
[JsonDerivedType(typeof(Enqueued), "enqueued")]
[JsonDerivedType(typeof(Admitted), "admitted")]
public abstract record JournalEntry
{
    // Postgres keeps the members of an object in an order of its own.
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    /// <summary>Reads the entries of a row.</summary>
    /// <param name="entries">See <see cref="JournalRow.Entries"/>.</param>
    /// <exception cref="JsonException">They are not entries that this build knows.</exception>
    public static IReadOnlyList<JournalEntry> ReadAll(string entries) => JsonSerializer.Deserialize<JournalEntry[]>(entries, Options)!;
}

/// <summary>The instance went from one state to another. Names are PascalCase, as in code.</summary>
public sealed record StateChanged(string From, string To) : JournalEntry
{
    /// <summary>Milliseconds that the instance had been in <c>From</c>; null for the first state, and in journals that were written before it was kept.</summary>
    public long? StayedMs { get; init; }
}

/// <summary>The instance waits for its turn.</summary>
/// <param name="Queue">The work queue.</param>
/// <param name="Group">Those of a group go one after the other; null for none.</param>
/// <param name="LimitKey">What the limit for each key counts by; null for nothing.</param>
/// <param name="Priority">0 to 9.</param>
public sealed record Enqueued(string Queue, string? Group, string? LimitKey, int Priority) : JournalEntry;

/// <summary>The instance's turn came.</summary>
/// <param name="Queue">The work queue.</param>
/// <param name="WaitedMs">Milliseconds since it was enqueued.</param>
public sealed record Admitted(string Queue, long WaitedMs) : JournalEntry;

/// <summary>A rule was evaluated.</summary>
/// <param name="Rule">Name, e.g. <c>fraud_score</c>.</param>
/// <param name="Version">Version of the rule, from 1.</param>
/// <param name="Expression">The rule as people read it, e.g. <c>fraud_score &lt; 0.3</c>.</param>
/// <param name="Values">Each fact with its value.</param>
/// <param name="Verdict"><c>pass</c> or <c>fail</c>.</param>
/// <param name="Reason">Why it did not pass; null when it passed.</param>
public sealed record RuleEvaluated(
    string Rule, int Version, string Expression, IReadOnlyDictionary<string, object?> Values, string Verdict, string? Reason) : JournalEntry
{
    /// <summary>The facts that the rule read; null in journals that were written before rules had a language.</summary>
    public IReadOnlyList<string>? Read { get; init; }
}

/// <summary>A command goes to a worker with the commit of this step.</summary>
public sealed record CommandSent(
    string Activity, string Command, string Destination, string IdempotencyKey, int Attempt, Guid MessageId) : JournalEntry
{
    /// <summary>What the activity was executed for; null unless it was fanned out.</summary>
    public string? Item { get; init; }
}

/// <summary>An event is published, or another message sent, with the commit of this step.</summary>
public sealed record EventPublished(string Message, string Destination, Guid MessageId) : JournalEntry;

/// <summary>The reply to an activity's command arrived.</summary>
public sealed record ReplyReceived(string Activity, string Reply, string IdempotencyKey, int Attempt) : JournalEntry
{
    /// <summary>What the activity was executed for; null unless it was fanned out.</summary>
    public string? Item { get; init; }
}

/// <summary>A timer runs from the commit of this step on.</summary>
public sealed record TimerSet(string Timer, Guid Token, DateTimeOffset DueAt) : JournalEntry;

/// <summary>A timer was called off.</summary>
public sealed record TimerCancelled(string Timer, Guid Token) : JournalEntry;

/// <summary>A timer came due.</summary>
public sealed record TimerFired(string Timer, Guid? Token) : JournalEntry;

/// <summary>An activity will be tried again.</summary>
/// <param name="Activity">The activity.</param>
/// <param name="Retry">1 for the first retry.</param>
/// <param name="DelayMs">Milliseconds until the next attempt.</param>
/// <param name="Policy">The retry policy as people read it.</param>
/// <param name="Cause">What made it necessary, e.g. <c>timeout</c>.</param>
public sealed record RetryScheduled(string Activity, int Retry, long DelayMs, string Policy, string Cause) : JournalEntry
{
    /// <summary>What the activity was executed for; null unless it was fanned out.</summary>
    public string? Item { get; init; }
}

/// <summary>An activity that was done will be done anew after a wait, since what it found may put itself right meanwhile.</summary>
/// <param name="Activity">The activity.</param>
/// <param name="Attempt">1 for the first recovery.</param>
/// <param name="DelayMs">Milliseconds until it is done anew.</param>
/// <param name="Policy">The policy of the waits as people read it.</param>
public sealed record RecoveryTriggered(string Activity, int Attempt, long DelayMs, string Policy) : JournalEntry;

/// <summary>One attempt of an activity failed.</summary>
public sealed record AttemptFailed(string Activity, int Attempt, string ErrorKind, string Error) : JournalEntry
{
    /// <summary>What the activity was executed for; null unless it was fanned out.</summary>
    public string? Item { get; init; }
}

/// <summary>The undoing of an activity began.</summary>
public sealed record CompensationStarted(string Activity, string Reason) : JournalEntry;

/// <summary>An activity was undone.</summary>
public sealed record Compensated(string Activity) : JournalEntry;

/// <summary>The state does not accept the event; nothing else happened.</summary>
public sealed record EventRejected(string Event, string State, string Reason) : JournalEntry;

/// <summary>An operator asked for something.</summary>
/// <param name="Action">
/// <c>retry</c>, <c>skip</c>, <c>resolve</c>, <c>cancel</c>, <c>suspend</c>, <c>resume</c> or <c>compensate</c>; or an action that only the
/// workflow knows.
/// </param>
/// <param name="Operator">Who.</param>
/// <param name="Reason">Why.</param>
public sealed record OperatorAction(string Action, string Operator, string Reason) : JournalEntry
{
    /// <summary>What a retry changed in the data, a JSON merge patch; null when nothing.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>The reply that an activity was skipped with; null for other actions.</summary>
    public JsonElement? Reply { get; init; }

    /// <summary>The end that the instance was resolved to, PascalCase; null for other actions.</summary>
    public string? State { get; init; }
}

/// <summary>The instance waits for a person.</summary>
public sealed record Suspended(string Cause, string? Activity, int Attempts) : JournalEntry
{
    /// <summary>A short stable word for what went wrong; null in journals that were written before incidents were grouped by it.</summary>
    public string? ErrorKind { get; init; }
}

/// <summary>The instance goes on after it had been suspended, or after what should have moved it on was lost.</summary>
public sealed record Recovered(string How) : JournalEntry;

/// <summary>An operator gave the reply in place of the worker.</summary>
public sealed record ActivitySkipped(string Activity, string IdempotencyKey) : JournalEntry;

/// <summary>The message of this step had been delivered before, and was not handled then.</summary>
/// <param name="Delivery">2 for the second delivery.</param>
/// <param name="Cause">Why it was delivered again.</param>
/// <param name="DelayMs">Milliseconds that were waited before this delivery; null when the broker decided.</param>
/// <param name="Policy">The waits between deliveries as people read them; null when the broker decided.</param>
public sealed record Redelivered(int Delivery, string Cause, long? DelayMs, string? Policy) : JournalEntry;

/// <summary>The step was decided anew: another step of the instance was committed first.</summary>
/// <param name="Version">The version that the losing decision was made on.</param>
/// <param name="Race">1 for the first race that this message lost.</param>
public sealed record RaceLost(long Version, int Race) : JournalEntry;

/// <summary>The instance came to an end.</summary>
/// <param name="Outcome"><c>completed</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="DurationMs">Milliseconds since the instance started.</param>
public sealed record Finished(string Outcome, long DurationMs) : JournalEntry;
