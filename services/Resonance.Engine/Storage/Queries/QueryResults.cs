namespace Resonance.Engine.Storage.Queries;

/// <param name="Items">The items in the order that was asked for.</param>
/// <param name="Next">Where the next page begins; null on the last page.</param>
public sealed record Page<TItem>(IReadOnlyList<TItem> Items, PageCursor? Next);

/// <summary>An instance in a list: everything but its data.</summary>
public sealed record WorkflowSummary
{
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    public required string Key { get; init; }

    /// <summary>PascalCase.</summary>
    public required string State { get; init; }

    public required string Status { get; init; }

    public required long Version { get; init; }

    public required int Priority { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public string? TraceId { get; init; }
}

/// <summary>One step of an instance's history: a journal row without the data after the step.</summary>
public sealed record HistoryStep
{
    public required long Sequence { get; init; }

    public required Guid MessageId { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required string Event { get; init; }

    /// <summary>PascalCase.</summary>
    public required string From { get; init; }

    /// <summary>PascalCase.</summary>
    public required string To { get; init; }

    /// <summary>A JSON array of objects with a <c>kind</c>.</summary>
    public required string Entries { get; init; }

    public string? TraceParent { get; init; }

    /// <summary>32 bytes.</summary>
    public required byte[] Hash { get; init; }
}

/// <summary>A timer that runs for an instance.</summary>
/// <param name="Timer">What it is for, e.g. <c>ReserveInventory time-out</c>.</param>
/// <param name="DueAt">When it comes due.</param>
public sealed record PendingTimer(string Timer, DateTimeOffset DueAt)
{
    /// <summary>Names the timer; instances know their own.</summary>
    public Guid? Token { get; init; }
}

/// <summary>A message that was set aside because it could not be delivered.</summary>
public sealed record DeadLetter
{
    public required Guid MessageId { get; init; }

    public Guid? WorkflowId { get; init; }

    /// <summary>What the timer was for; null when it is none.</summary>
    public string? Timer { get; init; }

    /// <summary>Address without host.</summary>
    public required string Destination { get; init; }

    public required string ContentType { get; init; }

    /// <summary>Times that sending failed.</summary>
    public required int Attempts { get; init; }

    public string? LastError { get; init; }

    /// <summary>Why it was set aside.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset SetAsideAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Which messages that were set aside to list; null means any.</summary>
public sealed record DeadLetterFilter
{
    /// <summary>The instance that they belong to.</summary>
    public Guid? WorkflowId { get; init; }

    /// <summary>Where they could not be delivered, as <see cref="DeadLetter.Destination"/> has it.</summary>
    public string? Destination { get; init; }

    /// <summary>First moment of the period in which they were set aside.</summary>
    public DateTimeOffset? SetAsideFrom { get; init; }

    /// <summary>The moment after its last.</summary>
    public DateTimeOffset? SetAsideTo { get; init; }

    /// <summary>The one that was set aside first is the first.</summary>
    /// <value>Default false: the last one first.</value>
    public bool OldestFirst { get; init; }

    /// <summary>1 to <see cref="WorkflowFilter.LimitMax"/>.</summary>
    public int Limit { get; init; } = WorkflowFilter.LimitDefault;

    /// <summary>Where the page before ended; null for the first page.</summary>
    public PageCursor? After { get; init; }

    /// <summary>The order as an address has it.</summary>
    public string Sort => OldestFirst ? "setAsideAt" : "-setAsideAt";
}
