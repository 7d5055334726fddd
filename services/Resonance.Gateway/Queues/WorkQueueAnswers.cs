using System.ComponentModel.DataAnnotations;
using Resonance.Contracts;
using Resonance.Engine.Queues;

namespace Resonance.Gateway.Queues;

/// <param name="Kind"><c>group</c> or <c>limit</c>.</param>
/// <param name="Key">The group's id or the limit key.</param>
/// <param name="Waiting">Items that wait, delayed ones included.</param>
/// <param name="InFlight">Items that were received and are not deleted.</param>
sealed record WorkKeyAnswer(string Kind, string Key, long Waiting, long InFlight);

/// <summary>What is in a work queue.</summary>
record WorkQueueFiguresAnswer
{
    /// <summary>Items that could be received now, or wait for one of their group or for a limit.</summary>
    public required long Waiting { get; init; }

    /// <summary>Those that wait behind another one of their group.</summary>
    public required long BehindGroup { get; init; }

    /// <summary>Those that wait since their limit key has as many in flight as it may.</summary>
    public required long LimitedByKey { get; init; }

    /// <summary>What holds back all that waits: paused, concurrency or rate; null when nothing does.</summary>
    public required string? LimitedBy { get; init; }

    /// <summary>Items that were received and are neither deleted nor visible again.</summary>
    public required long InFlight { get; init; }

    /// <summary>Items whose delay has not ended.</summary>
    public required long Delayed { get; init; }

    /// <summary>Items that were received too often.</summary>
    public required long DeadLetters { get; init; }

    /// <summary>When the item that waits longest was sent.</summary>
    public required DateTimeOffset? OldestAt { get; init; }

    /// <summary>Items sent in the last minute.</summary>
    public required long EnqueuedPerMinute { get; init; }

    /// <summary>Items received in the last minute.</summary>
    public required long DequeuedPerMinute { get; init; }

    /// <summary>The groups and limit keys with the most items, the largest first.</summary>
    public required IReadOnlyList<WorkKeyAnswer> TopKeys { get; init; }

    public static WorkQueueFiguresAnswer Of(WorkQueueFigures figures) => new()
    {
        Waiting = figures.Waiting,
        BehindGroup = figures.BehindGroup,
        LimitedByKey = figures.LimitedByKey,
        LimitedBy = figures.LimitedBy,
        InFlight = figures.InFlight,
        Delayed = figures.Delayed,
        DeadLetters = figures.DeadLetters,
        OldestAt = figures.OldestAt,
        EnqueuedPerMinute = figures.EnqueuedLastMinute,
        DequeuedPerMinute = figures.DequeuedLastMinute,
        TopKeys = [.. figures.Keys.Select(key => new WorkKeyAnswer(key.Kind, key.Key, key.Waiting, key.InFlight))],
    };
}

/// <summary>A work queue in the list.</summary>
sealed record WorkQueueItem : WorkQueueFiguresAnswer
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    WorkQueueItem(WorkQueueFiguresAnswer figures, StoredWorkQueue queue) : base(figures) =>
        (Name, Paused) = (queue.Name, WorkQueueAnswer.PauseOf(queue));

    public string Name { get; }

    public PausedAnswer? Paused { get; }

    public static WorkQueueItem Of(StoredWorkQueue queue, WorkQueueFigures figures) => new(WorkQueueFiguresAnswer.Of(figures), queue);
}

/// <summary>How a work queue behaves.</summary>
sealed record WorkQueueSettingsAnswer
{
    /// <summary>What one level of priority is worth: an item is received as if it had been sent so much earlier for every level.</summary>
    public required double CreditPerLevelSeconds { get; init; }

    /// <summary>How long a received item is invisible unless the receiver says otherwise.</summary>
    public required double VisibilityTimeoutSeconds { get; init; }

    /// <summary>How often an item may be received before it becomes a dead letter; null for no end.</summary>
    public required int? MaxReceiveCount { get; init; }

    /// <summary>How long a deduplication id is remembered.</summary>
    public required double DeduplicationWindowSeconds { get; init; }

    /// <summary>How many items may be in flight at a time; null for any number.</summary>
    public required int? Concurrency { get; init; }

    /// <summary>How many items with the same limit key may be in flight at a time; null for any number.</summary>
    public required int? KeyConcurrency { get; init; }

    /// <summary>How many items may be received in each period; null for any number.</summary>
    public required int? RateLimit { get; init; }

    /// <summary>The period that the rate limit is for.</summary>
    public required double RatePeriodSeconds { get; init; }

    public static WorkQueueSettingsAnswer Of(WorkQueueSettings settings) => new()
    {
        CreditPerLevelSeconds = settings.CreditPerLevel.TotalSeconds,
        VisibilityTimeoutSeconds = settings.VisibilityTimeout.TotalSeconds,
        MaxReceiveCount = settings.MaxReceiveCount,
        DeduplicationWindowSeconds = settings.DeduplicationWindow.TotalSeconds,
        Concurrency = settings.Concurrency,
        KeyConcurrency = settings.KeyConcurrency,
        RateLimit = settings.RateLimit,
        RatePeriodSeconds = settings.RatePeriod.TotalSeconds,
    };
}

/// <summary>A work queue as it is now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Revision">Grows with every change.</param>
/// <param name="Settings">How it behaves.</param>
/// <param name="Paused">Null while it hands out items.</param>
sealed record WorkQueueAnswer(string Name, long Revision, WorkQueueSettingsAnswer Settings, PausedAnswer? Paused)
{
    public static WorkQueueAnswer Of(StoredWorkQueue queue) =>
        new(queue.Name, queue.Revision, WorkQueueSettingsAnswer.Of(queue.Settings), PauseOf(queue));

    public static PausedAnswer? PauseOf(StoredWorkQueue queue) =>
        queue.Paused is { } paused ? new PausedAnswer(paused.By, paused.Reason, paused.At) : null;
}

/// <param name="Action"><c>put</c>, <c>paused</c>, <c>resumed</c>, <c>purged</c> or <c>redriven</c>.</param>
/// <param name="Author">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="Settings">As they were from then on.</param>
/// <param name="Items">How many items it concerned; null where none are counted.</param>
sealed record WorkQueueChangeAnswer(
    string Action, string Author, string Reason, DateTimeOffset ChangedAt, WorkQueueSettingsAnswer Settings, long? Items)
{
    public static WorkQueueChangeAnswer Of(WorkQueueChange change) => new(
        change.Action, change.By, change.Reason, change.At, WorkQueueSettingsAnswer.Of(change.Settings), change.Items);
}

/// <param name="Queue">The queue.</param>
/// <param name="Figures">What is in it.</param>
/// <param name="Changes">The last ones, the last one first.</param>
sealed record WorkQueueDetailAnswer(
    WorkQueueAnswer Queue, WorkQueueFiguresAnswer Figures, IReadOnlyList<WorkQueueChangeAnswer> Changes);

/// <param name="Queue">Its name.</param>
/// <param name="Purged">How many items were deleted.</param>
sealed record PurgeAnswer(string Queue, long Purged);

/// <summary>How a work queue is to behave, and who answers for it. What is left out is as it usually is, not as it was.</summary>
sealed record PutWorkQueueRequest
{
    /// <summary>An item is received as if it had been sent so much earlier for every level of its priority; 60 when left out.</summary>
    [Range(0.0, 86_400)]
    public double? CreditPerLevelSeconds { get; init; }

    /// <summary>How long a received item is invisible unless the receiver says otherwise; 30 when left out.</summary>
    [Range(0.0, 43_200)]
    public double? VisibilityTimeoutSeconds { get; init; }

    /// <summary>How often an item may be received before it becomes a dead letter; no end when left out.</summary>
    [Range(1, 1000)]
    public int? MaxReceiveCount { get; init; }

    /// <summary>How long a deduplication id is remembered; 300 when left out.</summary>
    [Range(1.0, 604_800)]
    public double? DeduplicationWindowSeconds { get; init; }

    /// <summary>How many items may be in flight at a time; any number when left out.</summary>
    [Range(1, 1_000_000)]
    public int? Concurrency { get; init; }

    /// <summary>How many items with the same limit key may be in flight at a time; any number when left out.</summary>
    [Range(1, 100_000)]
    public int? KeyConcurrency { get; init; }

    /// <summary>How many items may be received in each period; any number when left out.</summary>
    [Range(1, 1_000_000)]
    public int? RateLimit { get; init; }

    /// <summary>The period that the rate limit is for; 1 when left out.</summary>
    [Range(0.001, 86_400)]
    public double? RatePeriodSeconds { get; init; }

    /// <summary>Who asks; needed while access is open. Otherwise whoever sends the request.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Author { get; init; }

    /// <summary>Why.</summary>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }

    public WorkQueueSettings ToSettings()
    {
        var usual = new WorkQueueSettings();
        return new WorkQueueSettings
        {
            CreditPerLevel = Span(CreditPerLevelSeconds, usual.CreditPerLevel),
            VisibilityTimeout = Span(VisibilityTimeoutSeconds, usual.VisibilityTimeout),
            MaxReceiveCount = MaxReceiveCount,
            DeduplicationWindow = Span(DeduplicationWindowSeconds, usual.DeduplicationWindow),
            Concurrency = Concurrency,
            KeyConcurrency = KeyConcurrency,
            RateLimit = RateLimit,
            RatePeriod = Span(RatePeriodSeconds, usual.RatePeriod),
        };
    }

    static TimeSpan Span(double? seconds, TimeSpan usual) => seconds is { } given ? TimeSpan.FromSeconds(given) : usual;
}

/// <summary>Who asks for something, and why.</summary>
sealed record WorkQueueActionRequest
{
    /// <summary>Who asks; needed while access is open. Otherwise whoever sends the request.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Author { get; init; }

    /// <summary>Why.</summary>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}
