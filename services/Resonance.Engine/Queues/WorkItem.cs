using System.ComponentModel.DataAnnotations;
using MassTransit;

namespace Resonance.Engine.Queues;

/// <summary>Work that is put into a queue.</summary>
public sealed record WorkItem
{
    /// <summary>Its identity in the queue. A second item with the id of one that is still there is not taken: see <see cref="SendResult"/>.</summary>
    public Guid Id { get; init; } = NewId.NextGuid();

    /// <summary>What is to be done, at most <see cref="WorkQueueLimits.BodyBytesMax"/> bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What else is to be known of it, at most 64 names.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Items of a group are received strictly in the order in which they were sent, one at a time. Null for an item that has to wait for
    /// no other one. 1 to 128 characters.
    /// </summary>
    [StringLength(128, MinimumLength = 1)]
    public string? GroupId { get; init; }

    /// <summary>What <see cref="WorkQueueSettings.KeyConcurrency"/> counts by; null when that does not concern it. 1 to 128 characters.</summary>
    [StringLength(128, MinimumLength = 1)]
    public string? LimitKey { get; init; }

    /// <summary>An item with the same one, sent within the window, is not taken. 1 to 128 characters.</summary>
    [StringLength(128, MinimumLength = 1)]
    public string? DeduplicationId { get; init; }

    /// <summary>0 to 9; each level is worth <see cref="WorkQueueSettings.CreditPerLevel"/>.</summary>
    [Range(0, 9)]
    public int Priority { get; init; }

    /// <summary>How long it stays invisible at first: zero to 15 days. The rest of its group waits behind it.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>How large things may be.</summary>
public static class WorkQueueLimits
{
    /// <summary>Most bytes of a body: 1 MiB.</summary>
    public const int BodyBytesMax = 1024 * 1024;

    /// <summary>Most items that one call sends, receives, deletes or changes.</summary>
    public const int BatchMax = 1000;

    /// <summary>Longest delay, 15 days.</summary>
    public static readonly TimeSpan DelayMax = TimeSpan.FromDays(15);
}

/// <summary>What became of an item that was sent.</summary>
/// <param name="ItemId">The item that is in the queue: with <paramref name="Duplicate"/> the earlier one.</param>
/// <param name="Duplicate">
/// Whether nothing was stored, because the queue holds an item with this id, or took one with this deduplication id within the window.
/// </param>
public readonly record struct SendResult(Guid ItemId, bool Duplicate);

/// <summary>Proves that whoever shows it has received the item; valid until the visibility time-out ends.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Handle">Another one at every receipt.</param>
public readonly record struct WorkReceipt(Guid ItemId, Guid Handle);

/// <summary>An item that was received: it is invisible to others until its visibility time-out ends.</summary>
public sealed record ReceivedItem
{
    /// <summary>What deletes it, or changes its visibility.</summary>
    public required WorkReceipt Receipt { get; init; }

    /// <inheritdoc cref="WorkItem.Body" />
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <inheritdoc cref="WorkItem.Attributes" />
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <inheritdoc cref="WorkItem.GroupId" />
    public required string? GroupId { get; init; }

    /// <inheritdoc cref="WorkItem.LimitKey" />
    public required string? LimitKey { get; init; }

    /// <inheritdoc cref="WorkItem.Priority" />
    public required int Priority { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>How often it was received, this time included.</summary>
    public required int ReceiveCount { get; init; }

    /// <summary>Grows from item to item in the order in which they were sent.</summary>
    public required long Sequence { get; init; }
}

/// <summary>What became of a receipt that was shown.</summary>
public enum ReceiptOutcome
{
    /// <summary>It was valid, and what was asked for is done.</summary>
    Done,

    /// <summary>The item is still there, but the receipt is no longer valid: its visibility time-out has ended.</summary>
    Expired,

    /// <summary>There is no such item: it was deleted, or never there.</summary>
    Unknown,
}
