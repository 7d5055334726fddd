using Resonance.Audit.Trail;
using Resonance.Engine.Definitions;

namespace Resonance.Gateway.Audit;

/// <summary>One step of the trail.</summary>
sealed record TrailItem
{
    /// <summary>Its place in the ledger, from 0: its leaf in the Merkle tree.</summary>
    public required long Position { get; init; }

    public required Guid WorkflowId { get; init; }

    /// <summary>The workflow, e.g. <c>order</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What people call the instance, e.g. <c>ORDER-12401</c>.</summary>
    public required string Key { get; init; }

    /// <summary>1 for the first step of the instance, then without gaps.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>What caused the step, e.g. <c>SubmitOrder</c>.</summary>
    public required string Event { get; init; }

    /// <summary>State before, as on screen.</summary>
    public required string From { get; init; }

    /// <summary>State after, as on screen.</summary>
    public required string To { get; init; }

    /// <summary>The kinds of its journal entries in their order.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary><c>completed</c>, <c>failed</c> or <c>cancelled</c> when the instance came to an end.</summary>
    public required string? Outcome { get; init; }

    /// <summary>Hash of the journal row as it was witnessed, 64 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>W3C trace id.</summary>
    public required string? TraceId { get; init; }

    /// <summary>Where the trace can be seen; null unless <c>Observability:TraceUrl</c> says.</summary>
    public required string? TraceUrl { get; init; }

    /// <summary><c>message</c> when an engine told of the step; <c>journal</c> when it was found there.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// <c>asWitnessed</c>; <c>archived</c> when the step was moved to an archive; <c>changed</c> or <c>missing</c> when the journal no longer
    /// has what was witnessed.
    /// </summary>
    public required string Journal { get; init; }

    /// <summary>The step in sentences, as on the console; none when the journal does not have it any more.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    public static TrailItem Of(TrailStep step, ObservabilityOptions observability) => new()
    {
        Position = step.Position,
        WorkflowId = step.WorkflowId,
        Type = step.Type,
        Key = step.Key,
        Sequence = step.Sequence,
        OccurredAt = step.OccurredAt,
        Event = step.Event,
        From = StateNames.ToScreen(step.From),
        To = StateNames.ToScreen(step.To),
        Kinds = step.Kinds,
        Outcome = step.Outcome,
        Hash = Convert.ToHexStringLower(step.Hash),
        TraceId = step.TraceId,
        TraceUrl = observability.LinkTo(step.TraceId),
        Source = step.Source,
        Journal = step.Journal switch
        {
            JournalAgreement.AsWitnessed => "asWitnessed",
            JournalAgreement.Archived => "archived",
            JournalAgreement.Changed => "changed",
            _ => "missing",
        },
        Lines = step.Lines,
    };
}

/// <param name="Items">Steps, the one that was witnessed last first.</param>
/// <param name="NextCursor">
/// Fetches the next page; null on the last one. A page may hold few steps, or none, and still have a next one: the search for something rare
/// goes on there.
/// </param>
sealed record TrailAnswer(IReadOnlyList<TrailItem> Items, string? NextCursor);
