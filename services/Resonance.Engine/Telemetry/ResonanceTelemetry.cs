using System.Diagnostics;

namespace Resonance.Engine.Telemetry;

/// <summary>The names under which Resonance shows itself to OpenTelemetry; the instruments are in <see cref="ResonanceMetrics"/>.</summary>
public static class ResonanceTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "Resonance";

    internal const string WorkflowIdTag = "resonance.workflow.id";
    internal const string WorkflowTypeTag = "resonance.workflow.type";
    internal const string WorkflowKeyTag = "resonance.workflow.key";
    internal const string WorkflowOutcomeTag = "resonance.workflow.outcome";
    internal const string SequenceTag = "resonance.step.sequence";
    internal const string OutcomeTag = "resonance.step.outcome";
    internal const string PhaseTag = "resonance.step.phase";
    internal const string EventTag = "resonance.event";
    internal const string FromTag = "resonance.state.from";
    internal const string ToTag = "resonance.state.to";
    internal const string ActivityTag = "resonance.activity";
    internal const string AttemptTag = "resonance.attempt";
    internal const string DelayTag = "resonance.delay";
    internal const string CauseTag = "resonance.cause";
    internal const string CommandTag = "resonance.command";
    internal const string WorkerOutcomeTag = "resonance.worker.outcome";
    internal const string RuleTag = "resonance.rule";
    internal const string RuleVersionTag = "resonance.rule.version";
    internal const string VerdictTag = "resonance.verdict";
    internal const string ActionTag = "resonance.action";
    internal const string AuditSourceTag = "resonance.audit.source";
    internal const string AuditFindingTag = "resonance.audit.finding";
    internal const string CacheTag = "resonance.cache.result";

    // https://opentelemetry.io/docs/specs/semconv/
    internal const string ErrorTag = "error.type";
    internal const string DatabaseTag = "db.system.name";
    internal const string OperationTag = "db.operation.name";
    internal const string BatchTag = "db.operation.batch.size";
    internal const string DestinationTag = "messaging.destination.name";

    internal static readonly ActivitySource Source = new(Name);
}
