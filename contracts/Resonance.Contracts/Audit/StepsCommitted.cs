using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts.Audit;

/// <summary>
/// Event: an engine committed steps, each with its journal row. One message tells of all steps of a commit. It may come twice, late or
/// never: the journal is the truth, and who keeps a ledger of steps fills from there what did not come.
/// </summary>
public sealed record StepsCommitted
{
    /// <summary>1 to 1,000 steps, each of another instance, in no order.</summary>
    [Required, Length(1, 1000)]
    public required IReadOnlyList<CommittedStep> Steps { get; init; }
}

/// <summary>One step of one instance, as its journal row tells it.</summary>
public sealed record CommittedStep
{
    /// <summary>The instance.</summary>
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <summary>Its workflow, e.g. <c>order</c>.</summary>
    [Required, StringLength(100)]
    public required string Type { get; init; }

    /// <summary>Its key, e.g. <c>ORDER-12401</c>.</summary>
    [Required, StringLength(200)]
    public required string Key { get; init; }

    /// <summary>1 for the first step of the instance, then without gaps.</summary>
    [Range(1, long.MaxValue)]
    public required long Sequence { get; init; }

    /// <summary>The event that caused the step, e.g. <c>SubmitOrder</c>.</summary>
    [Required, StringLength(200)]
    public required string Event { get; init; }

    /// <summary>State before, PascalCase; <c>Initial</c> for the first step.</summary>
    [Required, StringLength(200)]
    public required string From { get; init; }

    /// <summary>State after.</summary>
    [Required, StringLength(200)]
    public required string To { get; init; }

    /// <summary>The kinds of the step's journal entries in their order, e.g. <c>stateChanged</c>; a kind stands as often as it occurred.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary><c>completed</c>, <c>failed</c> or <c>cancelled</c> when the instance came to an end; otherwise null.</summary>
    [StringLength(20)]
    public string? Outcome { get; init; }

    /// <summary>With an outcome, the milliseconds since the instance started; otherwise null.</summary>
    public long? DurationMs { get; init; }

    /// <summary>Milliseconds that the instance had been in <see cref="From"/>; null when it did not leave it, or that is not known.</summary>
    [Range(0, long.MaxValue)]
    public long? StayedMs { get; init; }

    /// <summary>Hash of the journal row, SHA-256 as 64 lower-case hexadecimal digits.</summary>
    [Required, StringLength(64, MinimumLength = 64), RegularExpression("^[0-9a-f]*$", ErrorMessage = "must be hexadecimal digits in lower case")]
    public required string Hash { get; init; }

    /// <summary>When the step was taken, UTC in whole microseconds.</summary>
    [Utc]
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Trace of the step, 32 lower-case hexadecimal digits (W3C Trace Context); null when it had none.</summary>
    [StringLength(32)]
    public string? TraceId { get; init; }
}
