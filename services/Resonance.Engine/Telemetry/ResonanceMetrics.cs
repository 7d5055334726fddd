using System.Diagnostics;
using System.Diagnostics.Metrics;
using static Resonance.Engine.Telemetry.ResonanceTelemetry;

namespace Resonance.Engine.Telemetry;

/// <summary>Every instrument of the engine, declared once; docs/observability.md has the table, and a test compares.</summary>
static class ResonanceMetrics
{
    // A step is milliseconds, a command seconds, a workflow anything up to days.
    static readonly double[] Milliseconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
    static readonly double[] Days = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400, 604_800];
    static readonly double[] Sizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    static readonly MetricBook Book = new(new Meter(Name));

    static readonly Counter<long> Started = Book.Counter(
        "resonance.workflow.started", "{workflow}", "Instances that took their first step.", WorkflowTypeTag);

    static readonly Counter<long> Finished = Book.Counter(
        "resonance.workflow.finished", "{workflow}", "Instances that came to an end: completed, failed or cancelled.",
        WorkflowTypeTag, WorkflowOutcomeTag);

    static readonly Histogram<double> Duration = Book.Histogram(
        "resonance.workflow.duration", "s", Days, "From the start of an instance to its end.", WorkflowTypeTag, WorkflowOutcomeTag);

    static readonly Counter<long> Transitions = Book.Counter(
        "resonance.workflow.transitions", "{transition}", "Changes of state.", WorkflowTypeTag, FromTag, ToTag);

    static readonly Counter<long> Steps = Book.Counter(
        "resonance.steps", "{step}",
        "Steps by outcome: committed; duplicate (a message that came again); conflict (a race that was lost, and is run again); refused; key_taken.",
        WorkflowTypeTag, OutcomeTag);

    static readonly Histogram<double> PhaseDuration = Book.Histogram(
        "resonance.step.phase.duration", "s", Milliseconds,
        "Where a step's time goes: load, decide, commit (waiting for the group before included), publish.", PhaseTag);

    static readonly Histogram<double> GroupSize = Book.Histogram(
        "resonance.commit.group_size", "{step}", Sizes, "Steps in one transaction.");

    static readonly Histogram<double> CommitDuration = Book.Histogram(
        "resonance.commit.duration", "s", Milliseconds, "One transaction, from its begin to the store's answer.");

    static readonly Counter<long> CacheLookups = Book.Counter(
        "resonance.cache.lookups", "{lookup}", "Instances that were looked for in memory: hit, or miss (read from the store).", CacheTag);

    static readonly Counter<long> RuleEvaluations = Book.Counter(
        "resonance.rule.evaluations", "{evaluation}", "Evaluations of rules by verdict: pass or fail.", WorkflowTypeTag, RuleTag, VerdictTag);

    static readonly Counter<long> AttemptsFailed = Book.Counter(
        "resonance.activity.failures", "{attempt}", "Attempts that failed or were not answered in time.", WorkflowTypeTag, ActivityTag);

    static readonly Counter<long> Retries = Book.Counter(
        "resonance.activity.retries", "{attempt}", "Attempts that were scheduled after one that had failed.", WorkflowTypeTag, ActivityTag);

    static readonly Counter<long> Compensations = Book.Counter(
        "resonance.activity.compensations", "{activity}", "Activities that were undone.", WorkflowTypeTag, ActivityTag);

    static readonly Counter<long> Incidents = Book.Counter(
        "resonance.incidents", "{incident}", "Times that an instance began to wait for a person.", WorkflowTypeTag);

    static readonly Counter<long> RejectedEvents = Book.Counter(
        "resonance.events.rejected", "{event}", "Events that the state did not accept.", WorkflowTypeTag, EventTag);

    static readonly Counter<long> Redeliveries = Book.Counter(
        "resonance.messages.redelivered", "{delivery}",
        "Deliveries that were not handled, of messages that were handled at last.", WorkflowTypeTag);

    static readonly Counter<long> SetAside = Book.Counter(
        "resonance.messages.set_aside", "{message}", "Messages that cannot be handled and went to where such messages go.", DestinationTag);

    static readonly Counter<long> Recoveries = Book.Counter(
        "resonance.recovered", "{instance}",
        "Instances that nothing would have moved on any more, and were driven on. With a sound engine it stays 0.", WorkflowTypeTag);

    static readonly Histogram<double> TimerLateness = Book.Histogram(
        "resonance.timer.lateness", "s", Seconds, "How long after its due time a timer was sent, on the store's clock.");

    static readonly Histogram<double> WorkerDuration = Book.Histogram(
        "resonance.worker.duration", "s", Seconds,
        "One delivery of a command to its worker, by what came of it: replied, refused, failed (to be tried again), silent, or error (an exception).",
        CommandTag, WorkerOutcomeTag);

    static readonly Counter<long> AuditSteps = Book.Counter(
        "resonance.audit.steps", "{step}",
        "Steps that went into the ledger, told by a message or filled in from the journal.", AuditSourceTag);

    static readonly Histogram<double> AuditLag = Book.Histogram(
        "resonance.audit.lag", "s", Seconds, "From a step to its place in the ledger: the oldest step of each append that messages told of.");

    static readonly Counter<long> AuditFindings = Book.Counter(
        "resonance.audit.findings", "{finding}", "Disagreements between journal, ledger and checkpoints that are new. It stays 0.",
        AuditFindingTag);

    static readonly ObservableGauge<long> OutboxDepth;

    static StoreFigures? _figures;

    static ResonanceMetrics()
    {
        Book.Gauge("resonance.incidents.open", "{workflow}", OpenIncidents, "Instances that wait for a person now.", WorkflowTypeTag);
        OutboxDepth = Book.Gauge(
            "resonance.outbox.depth", "{message}", () => Of(figures => figures.Due),
            "Messages and timers that are due and not yet done with.");
        Book.Gauge(
            "resonance.outbox.oldest_age", "s",
            () => Of(figures => figures.OldestAge.TotalSeconds), "How long the oldest of them has been due.");
        Book.Gauge(
            "resonance.outbox.set_aside", "{message}", () => Of(figures => figures.SetAside),
            "Messages that lie set aside in the store; with RabbitMQ they lie in the queues that end in _error instead.");
    }

    /// <summary>Steps went into the audit's ledger.</summary>
    public static void Witnessed(int steps, string source) => AuditSteps.Add(steps, new KeyValuePair<string, object?>(AuditSourceTag, source));

    /// <summary>How far the ledger was behind an engine's message.</summary>
    public static void WitnessedLate(TimeSpan lag) => AuditLag.Record(Math.Max(0, lag.TotalSeconds));

    /// <summary>The audit found something for the first time.</summary>
    public static void Found(string finding) => AuditFindings.Add(1, new KeyValuePair<string, object?>(AuditFindingTag, finding));

    /// <summary>Whether anybody collects the figures of the store.</summary>
    public static bool IsCollected => OutboxDepth.Enabled;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MetricDescription> All => Book.All;

    public static void StepEnded(string type, string outcome) => Steps.Add(1, new(WorkflowTypeTag, type), new(OutcomeTag, outcome));

    public static void PhaseEnded(string phase, TimeSpan elapsed) =>
        PhaseDuration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>(PhaseTag, phase));

    public static void GroupCommitted(int steps, TimeSpan elapsed)
    {
        GroupSize.Record(steps);
        CommitDuration.Record(elapsed.TotalSeconds);
    }

    public static void LookedUp(bool found) => CacheLookups.Add(1, new KeyValuePair<string, object?>(CacheTag, found ? "hit" : "miss"));

    public static void WorkflowStarted(string type) => Started.Add(1, new KeyValuePair<string, object?>(WorkflowTypeTag, type));

    public static void WorkflowFinished(string type, string outcome, TimeSpan duration)
    {
        var tags = new TagList { { WorkflowTypeTag, type }, { WorkflowOutcomeTag, outcome } };
        Finished.Add(1, tags);
        Duration.Record(duration.TotalSeconds, tags);
    }

    public static void StateChanged(string type, string from, string to) =>
        Transitions.Add(1, new(WorkflowTypeTag, type), new(FromTag, from), new(ToTag, to));

    public static void RuleEvaluated(string type, string rule, string verdict) =>
        RuleEvaluations.Add(1, new(WorkflowTypeTag, type), new(RuleTag, rule), new(VerdictTag, verdict));

    public static void AttemptFailed(string type, string activity) =>
        AttemptsFailed.Add(1, new(WorkflowTypeTag, type), new(ActivityTag, activity));

    public static void RetryScheduled(string type, string activity) => Retries.Add(1, new(WorkflowTypeTag, type), new(ActivityTag, activity));

    public static void Compensated(string type, string activity) =>
        Compensations.Add(1, new(WorkflowTypeTag, type), new(ActivityTag, activity));

    public static void Suspended(string type) => Incidents.Add(1, new KeyValuePair<string, object?>(WorkflowTypeTag, type));

    public static void EventRejected(string type, string @event) =>
        RejectedEvents.Add(1, new(WorkflowTypeTag, type), new(EventTag, @event));

    public static void Redelivered(string type) => Redeliveries.Add(1, new KeyValuePair<string, object?>(WorkflowTypeTag, type));

    public static void MessageSetAside(string queue) => SetAside.Add(1, new KeyValuePair<string, object?>(DestinationTag, queue));

    public static void Recovered(string type) => Recoveries.Add(1, new KeyValuePair<string, object?>(WorkflowTypeTag, type));

    public static void TimerSent(TimeSpan late) => TimerLateness.Record(late.TotalSeconds);

    public static void WorkerEnded(string command, string outcome, TimeSpan elapsed) =>
        WorkerDuration.Record(elapsed.TotalSeconds, new(CommandTag, command), new(WorkerOutcomeTag, outcome));

    /// <summary>Shows what was last found in the store; null when this process does not look any more.</summary>
    public static void Show(StoreFigures? figures) => Volatile.Write(ref _figures, figures);

    static IEnumerable<Measurement<long>> OpenIncidents() => Volatile.Read(ref _figures)?.Suspended
        .Select(type => new Measurement<long>(type.Value, new KeyValuePair<string, object?>(WorkflowTypeTag, type.Key))) ?? [];

    static IEnumerable<Measurement<T>> Of<T>(Func<StoreFigures, T> figure) where T : struct =>
        Volatile.Read(ref _figures) is { } figures ? [new Measurement<T>(figure(figures))] : [];
}

/// <summary>What the store holds at a moment.</summary>
/// <param name="Due">Messages that are due and not yet done with.</param>
/// <param name="OldestAge">How long the oldest of them has been due; zero when there is none.</param>
/// <param name="SetAside">Messages that lie set aside.</param>
/// <param name="Suspended">Suspended instances by type.</param>
sealed record StoreFigures(long Due, TimeSpan OldestAge, long SetAside, IReadOnlyDictionary<string, long> Suspended);
