using System.ComponentModel.DataAnnotations;

namespace Resonance.Engine.Queues;

/// <summary>How a queue behaves; it can be changed while it is used.</summary>
public sealed record WorkQueueSettings : IValidatableObject
{
    /// <summary>
    /// What one level of priority is worth: an item is received as if it had been sent this much earlier for every level. So no item is
    /// overtaken by one that is sent more than nine times this later. Zero to 1 day, 1 min unless set.
    /// </summary>
    public TimeSpan CreditPerLevel { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a received item is invisible unless the receiver says otherwise: zero to 12 h, 30 s unless set.</summary>
    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often an item may be received before it becomes a dead letter, when its visibility time-out ends once more: 1 to 1,000; null, as
    /// it is unless set, for no end.
    /// </summary>
    [Range(1, 1000)]
    public int? MaxReceiveCount { get; init; }

    /// <summary>How long a deduplication id is remembered: 1 s to 7 days, 5 min unless set.</summary>
    public TimeSpan DeduplicationWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many items may be in flight at a time: 1 to 1,000,000; null for any number.</summary>
    [Range(1, 1_000_000)]
    public int? Concurrency { get; init; }

    /// <summary>How many items with the same <see cref="WorkItem.LimitKey"/> may be in flight at a time: 1 to 100,000; null for any number.</summary>
    [Range(1, 100_000)]
    public int? KeyConcurrency { get; init; }

    /// <summary>How many items may be received in <see cref="RatePeriod"/>: 1 to 1,000,000; null for any number. After a rest so many may be received at once.</summary>
    [Range(1, 1_000_000)]
    public int? RateLimit { get; init; }

    /// <summary>The time that <see cref="RateLimit"/> is for: 1 ms to 1 day, 1 s unless set.</summary>
    public TimeSpan RatePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Within(CreditPerLevel, TimeSpan.Zero, TimeSpan.FromDays(1)))
            yield return new ValidationResult("creditPerLevel must be zero to 1 day.", [nameof(CreditPerLevel)]);
        if (!Within(VisibilityTimeout, TimeSpan.Zero, TimeSpan.FromHours(12)))
            yield return new ValidationResult("visibilityTimeout must be zero to 12 hours.", [nameof(VisibilityTimeout)]);
        if (!Within(DeduplicationWindow, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)))
            yield return new ValidationResult("deduplicationWindow must be 1 second to 7 days.", [nameof(DeduplicationWindow)]);
        if (!Within(RatePeriod, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)))
            yield return new ValidationResult("ratePeriod must be 1 millisecond to 1 day.", [nameof(RatePeriod)]);
    }

    static bool Within(TimeSpan value, TimeSpan least, TimeSpan most) => value >= least && value <= most;
}

/// <summary>A queue that does not hand anything out for now.</summary>
/// <param name="By">Who paused it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record WorkQueuePause(string By, string Reason, DateTimeOffset At);

/// <summary>A queue with its settings as stored.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Settings">How it behaves.</param>
/// <param name="Revision">Grows with every change.</param>
/// <param name="Paused">Null while it hands out items.</param>
public sealed record StoredWorkQueue(string Name, WorkQueueSettings Settings, long Revision, WorkQueuePause? Paused);

/// <summary>A change of a queue.</summary>
/// <param name="Action"><c>put</c>, <c>paused</c>, <c>resumed</c>, <c>purged</c> or <c>redriven</c>.</param>
/// <param name="By">Who did it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
/// <param name="Settings">As they were from then on.</param>
/// <param name="Items">How many items it concerned; null where none are counted.</param>
public sealed record WorkQueueChange(
    string Action, string By, string Reason, DateTimeOffset At, WorkQueueSettings Settings, long? Items);
