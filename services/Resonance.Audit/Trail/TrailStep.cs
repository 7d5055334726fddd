using Resonance.Audit.Ledger;

namespace Resonance.Audit.Trail;

/// <summary>One step as it was witnessed, with what the journal says of it.</summary>
public sealed record TrailStep
{
    /// <summary>Its place in the ledger, from 0: what is witnessed later has a higher one.</summary>
    public required long Position { get; init; }

    /// <summary>The instance.</summary>
    public required Guid WorkflowId { get; init; }

    /// <summary>Its workflow, e.g. <c>order</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Its key, e.g. <c>ORDER-12401</c>.</summary>
    public required string Key { get; init; }

    /// <summary>1 for the first step of the instance, then without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>When the step was taken, UTC.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The event that caused it, e.g. <c>SubmitOrder</c>.</summary>
    public required string Event { get; init; }

    /// <summary>State before, PascalCase.</summary>
    public required string From { get; init; }

    /// <summary>State after, PascalCase.</summary>
    public required string To { get; init; }

    /// <summary>The kinds of its journal entries in their order.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary><c>completed</c>, <c>failed</c> or <c>cancelled</c> when the instance came to an end; otherwise null.</summary>
    public required string? Outcome { get; init; }

    /// <summary>Hash of the journal row as it was witnessed, 32 bytes.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>W3C trace id; null when the step had none.</summary>
    public required string? TraceId { get; init; }

    /// <summary><c>message</c> when an engine told of the step; <c>journal</c> when it was found there.</summary>
    public required string Source { get; init; }

    /// <summary>Whether the journal still has the step as it was witnessed.</summary>
    public JournalAgreement Journal { get; init; } = JournalAgreement.Missing;

    /// <summary>The step in the words of the audit trail, as on the console; none when the journal does not have it any more.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    internal static TrailStep Read(AuditRow row) => new()
    {
        Position = row.Number(0),
        WorkflowId = row.Id(1),
        Sequence = row.Number(2),
        Type = row.Text(3),
        Key = row.Text(4),
        Event = row.Text(5),
        From = row.Text(6),
        To = row.Text(7),
        Kinds = row.Text(8).Split(',', StringSplitOptions.RemoveEmptyEntries),
        Outcome = row.TextOrNull(9),
        OccurredAt = row.Time(10),
        TraceId = row.TextOrNull(11),
        Hash = row.Bytes(12),
        Source = row.Text(13),
        Journal = row.Number(14) >= row.Number(2) ? JournalAgreement.Archived : JournalAgreement.Missing,
    };
}

/// <summary>What the journal has of a step that was witnessed.</summary>
public enum JournalAgreement
{
    /// <summary>The row is there, and what stands in it has the hash that was witnessed.</summary>
    AsWitnessed,

    /// <summary>The row is there, but what stands in it is not what was witnessed.</summary>
    Changed,

    /// <summary>The row was moved to an archive, where it can be verified.</summary>
    Archived,

    /// <summary>There is no such row.</summary>
    Missing,
}

/// <summary>Which steps to tell of; null means any.</summary>
public sealed record TrailFilter
{
    /// <summary>An instance, by its id or by its key.</summary>
    public string? Workflow { get; init; }

    /// <summary>A workflow, e.g. <c>order</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Steps with a journal entry of this kind, e.g. <c>retryScheduled</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Steps that were taken then or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Steps that were taken earlier.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Whether a step is asked for.</summary>
    public bool Matches(TrailStep step) =>
        (Workflow is null || step.Key == Workflow || (Guid.TryParse(Workflow, out var id) && step.WorkflowId == id))
        && (Type is null || step.Type == Type)
        && (Kind is null || step.Kinds.Contains(Kind))
        && (From is null || step.OccurredAt >= From)
        && (To is null || step.OccurredAt < To);
}

/// <summary>Some steps of the trail.</summary>
/// <param name="Steps">The steps, the one that was witnessed last first.</param>
/// <param name="Next">
/// The next page has what lies before this position; null when there is nothing before. A page may hold few steps, or none, and still have a
/// next one: the search for something rare is handed back before it takes long.
/// </param>
public sealed record TrailPage(IReadOnlyList<TrailStep> Steps, long? Next);
