namespace Resonance.Engine.Journal;

/// <summary>One committed step of one instance. Rows are only ever added.</summary>
public sealed record JournalRow
{
    public required Guid WorkflowId { get; init; }

    /// <summary>1 for the first step of the instance, then without gaps; equals the instance's version after the step.</summary>
    public required long Sequence { get; init; }

    /// <summary>The message that caused the step. Unique in the instance: the journal is the inbox.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>Name of the event, e.g. <c>SubmitOrder</c>.</summary>
    public required string Event { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    /// <summary>The entries, a JSON array of objects with a <c>kind</c>.</summary>
    public required string Entries { get; init; }

    /// <summary>The instance's data after the step, a JSON object.</summary>
    public required string Data { get; init; }

    /// <summary>UTC, whole microseconds: what every store keeps exactly.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>W3C <c>traceparent</c> of the step.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Hash of the row before, 32 bytes; 32 zero bytes in the first row.</summary>
    public required byte[] PreviousHash { get; init; }

    /// <summary>SHA-256 over this row, see <see cref="ChainHash"/>; 32 bytes.</summary>
    public required byte[] Hash { get; init; }
}
