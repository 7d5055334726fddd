using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.Operations;

/// <summary>What incidents have in common: the workflow, the activity that failed and how it failed.</summary>
/// <param name="Type">The workflow, e.g. <c>payment</c>.</param>
/// <param name="Activity">The activity that failed; null when none did.</param>
/// <param name="ErrorKind">A short stable word, e.g. <c>timeout</c>, or one of <see cref="IncidentKinds"/>.</param>
public sealed record Fingerprint(string Type, string? Activity, string ErrorKind)
{
    const string NoActivity = "-";

    /// <summary>As people and addresses have it, e.g. <c>payment/AssessCard/timeout</c> or <c>order/-/decision</c>.</summary>
    public override string ToString() => $"{Type}/{Activity ?? NoActivity}/{ErrorKind}";

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, out Fingerprint fingerprint)
    {
        var parts = text.Split('/', 3);
        fingerprint = parts is [{ Length: > 0 } type, { Length: > 0 } activity, { Length: > 0 } kind]
            ? new Fingerprint(type, activity == NoActivity ? null : activity, kind)
            : new Fingerprint("", null, "");
        return fingerprint.Type.Length > 0;
    }
}

/// <summary>A suspended instance with its cause.</summary>
public sealed record Incident
{
    /// <summary>The instance.</summary>
    public required Guid WorkflowId { get; init; }

    /// <summary>What people call it.</summary>
    public required string Key { get; init; }

    /// <summary>What it has in common with others.</summary>
    public required Fingerprint Fingerprint { get; init; }

    /// <summary>What happened, for people.</summary>
    public required string Cause { get; init; }

    /// <summary>Attempts that were made; 0 when no activity failed.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it was suspended.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The state that it goes back to, PascalCase.</summary>
    public required string State { get; init; }

    /// <summary>The operator who holds it; null when it suspended itself.</summary>
    public string? HeldBy { get; init; }

    /// <summary>When the instance was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }
}

/// <summary>Incidents with one fingerprint.</summary>
/// <param name="Fingerprint">What they have in common.</param>
/// <param name="Count">How many there are.</param>
/// <param name="First">When the oldest of them was suspended.</param>
/// <param name="Last">When the youngest of them was suspended.</param>
/// <param name="Cause">What happened to the youngest, for people.</param>
public sealed record IncidentGroup(Fingerprint Fingerprint, long Count, DateTimeOffset First, DateTimeOffset Last, string Cause);

/// <summary>Which incidents are meant; null means any.</summary>
public sealed record IncidentFilter
{
    /// <summary>The workflow.</summary>
    public string? Type { get; init; }

    /// <summary>The activity that failed.</summary>
    public string? Activity { get; init; }

    /// <summary>How it failed.</summary>
    public string? ErrorKind { get; init; }

    /// <summary>All three at once, as <see cref="Operations.Fingerprint.ToString"/> writes them.</summary>
    public Fingerprint? Fingerprint { get; init; }

    internal bool Matches(string type, SuspendedSituation suspension) =>
        (Type is null || Type == type)
        && (Activity is null || Activity == suspension.Activity)
        && (ErrorKind is null || ErrorKind == suspension.ErrorKind)
        && (Fingerprint is null || Fingerprint == new Fingerprint(type, suspension.Activity, suspension.ErrorKind));
}

/// <summary>A page of incidents that is asked for; null means any.</summary>
public sealed record IncidentQuery
{
    /// <summary>What they have in common.</summary>
    public IncidentFilter Filter { get; init; } = new();

    /// <summary>The instance's key; with a <c>*</c> at its end, how it begins.</summary>
    public string? Key { get; init; }

    /// <summary>First moment of the period in which they were suspended.</summary>
    public DateTimeOffset? SinceFrom { get; init; }

    /// <summary>The moment after its last.</summary>
    public DateTimeOffset? SinceTo { get; init; }

    /// <summary>Whether they go by when they were suspended; otherwise by when the instance was started.</summary>
    public bool BySince { get; init; }

    /// <summary>The first one first.</summary>
    /// <value>Default false: the last one first.</value>
    public bool OldestFirst { get; init; }

    /// <summary>1 to <see cref="WorkflowFilter.LimitMax"/>.</summary>
    public int Limit { get; init; } = WorkflowFilter.LimitDefault;

    /// <summary>Where the page before ended; null for the first page.</summary>
    public PageCursor? After { get; init; }

    /// <summary>The order as an address has it.</summary>
    public string Sort => (OldestFirst ? "" : "-") + (BySince ? "since" : "startedAt");
}
