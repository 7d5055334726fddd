namespace Resonance.Engine.Queues;

/// <summary>What is in a queue.</summary>
public sealed record WorkQueueFigures
{
    /// <summary>Items that could be received now, or wait for one of their group or for a limit.</summary>
    public required long Waiting { get; init; }

    /// <summary>Of <see cref="Waiting"/>: those behind another one of their group.</summary>
    public required long BehindGroup { get; init; }

    /// <summary>Of <see cref="Waiting"/>: those whose limit key has as many in flight as it may.</summary>
    public required long LimitedByKey { get; init; }

    /// <summary>Items that were received and are neither deleted nor visible again.</summary>
    public required long InFlight { get; init; }

    /// <summary>Items that were sent with a delay that has not ended.</summary>
    public required long Delayed { get; init; }

    /// <summary>Items that were received too often.</summary>
    public required long DeadLetters { get; init; }

    /// <summary>When the item that waits longest was sent; null when none waits.</summary>
    public required DateTimeOffset? OldestAt { get; init; }

    /// <summary>Which limit of the whole queue holds back what waits: <c>paused</c>, <c>concurrency</c> or <c>rate</c>; null when none does.</summary>
    public required string? LimitedBy { get; init; }

    /// <summary>Items sent in the last minute.</summary>
    public required long EnqueuedLastMinute { get; init; }

    /// <summary>Items received in the last minute.</summary>
    public required long DequeuedLastMinute { get; init; }

    /// <summary>The groups and limit keys with the most items, the largest first.</summary>
    public required IReadOnlyList<WorkKeyCount> Keys { get; init; }
}

/// <summary>How many items have a key.</summary>
/// <param name="Kind"><c>group</c> or <c>limit</c>.</param>
/// <param name="Key">The group's id or the limit key.</param>
/// <param name="Waiting">Those that wait, delayed ones included.</param>
/// <param name="InFlight">Those in flight.</param>
public sealed record WorkKeyCount(string Kind, string Key, long Waiting, long InFlight);

/// <summary>Where an item stands.</summary>
/// <param name="State">One of <see cref="WorkItemState"/>.</param>
/// <param name="Ahead">Items that are received before it, as things are; counted up to 10,000. Zero for one that does not wait.</param>
/// <param name="GroupId">The item's group.</param>
/// <param name="LimitKey">The item's limit key.</param>
/// <param name="EnqueuedAt">When it was sent.</param>
/// <param name="VisibleAt">With a delay, or in flight, when that ends; null otherwise, and when it has no end.</param>
public sealed record WorkItemPlace(
    string State, long Ahead, string? GroupId, string? LimitKey, DateTimeOffset EnqueuedAt, DateTimeOffset? VisibleAt);

/// <summary>An item in a list.</summary>
public sealed record ListedWorkItem
{
    /// <summary>The item.</summary>
    public required Guid Id { get; init; }

    /// <summary>One of <see cref="WorkItemState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The item's group.</summary>
    public required string? GroupId { get; init; }

    /// <summary>The item's limit key.</summary>
    public required string? LimitKey { get; init; }

    /// <summary>0 to 9.</summary>
    public required int Priority { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>How often it was received.</summary>
    public required int ReceiveCount { get; init; }

    /// <summary>Grows from item to item in the order in which they were sent.</summary>
    public required long Sequence { get; init; }

    /// <summary>Why it is a dead letter; null when it is none.</summary>
    public required string? DeadReason { get; init; }

    /// <inheritdoc cref="WorkItem.Attributes" />
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <inheritdoc cref="WorkItem.Body" />
    public required ReadOnlyMemory<byte> Body { get; init; }
}

/// <summary>The states of an item, as they are stored.</summary>
public static class WorkItemState
{
    /// <summary>Sent; the next receive sees where it belongs. Counts as waiting.</summary>
    public const string New = "new";

    /// <summary>The next receive may hand it out.</summary>
    public const string Ready = "ready";

    /// <summary>Another one of its group comes first.</summary>
    public const string Behind = "behind";

    /// <summary>Its limit key has as many in flight as it may.</summary>
    public const string Limited = "limited";

    /// <summary>Not visible yet.</summary>
    public const string Delayed = "delayed";

    /// <summary>Received, and not visible again yet.</summary>
    public const string InFlight = "in_flight";

    /// <summary>Received too often.</summary>
    public const string Dead = "dead";
}
