using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts.Reporting;

/// <summary>What one workflow did in a period, by what its journal says of it. All counts are 0 or more.</summary>
public sealed record ReportFigures
{
    /// <summary>The workflow's type, e.g. <c>order</c>.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public required string Workflow { get; init; }

    /// <summary>Steps that were taken: messages that moved an instance, or were rejected by it.</summary>
    public required long Steps { get; init; }

    /// <summary>Instances that took their first step.</summary>
    public required long Started { get; init; }

    /// <summary>Instances that ended as <c>completed</c>.</summary>
    public required long Completed { get; init; }

    /// <summary>Instances that ended as <c>failed</c>.</summary>
    public required long Failed { get; init; }

    /// <summary>Instances that ended as <c>cancelled</c>; one that was completed and undone later counts here as well.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Times that an instance was suspended.</summary>
    public required long Suspended { get; init; }

    /// <summary>Attempts that were scheduled after one that had failed.</summary>
    public required long Retries { get; init; }

    /// <summary>Attempts that failed, whether another followed or not.</summary>
    public required long FailedAttempts { get; init; }

    /// <summary>Activities that were undone.</summary>
    public required long Compensations { get; init; }

    /// <summary>Events that the state of the instance did not accept.</summary>
    public required long RejectedEvents { get; init; }

    /// <summary>Evaluations of rules that passed.</summary>
    public required long RulesPassed { get; init; }

    /// <summary>Evaluations of rules that failed.</summary>
    public required long RulesFailed { get; init; }

    /// <summary>How long the instances took that ended as completed or failed; null when none did.</summary>
    public ReportDurations? Durations { get; init; }

    /// <summary>What happened when.</summary>
    [Required]
    public required ReportTimeline Timeline { get; init; }
}

/// <summary>Total execution times in whole milliseconds, from start to end.</summary>
public sealed record ReportDurations
{
    /// <summary>The mean, rounded.</summary>
    public required long AverageMs { get; init; }

    /// <summary>Half of the instances took no longer; at most 0.4 % off.</summary>
    public required long P50Ms { get; init; }

    /// <summary>95 of 100 instances took no longer; at most 0.4 % off.</summary>
    public required long P95Ms { get; init; }

    /// <summary>99 of 100 instances took no longer; at most 0.4 % off.</summary>
    public required long P99Ms { get; init; }
}

/// <summary>Counts by hour, or by day when the period is longer than three days, in UTC and without gaps.</summary>
public sealed record ReportTimeline
{
    /// <summary>When the first hour or day begins: at the beginning of the period or before it. UTC.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>3,600 for hours, 86,400 for days.</summary>
    [Range(3600, 86400)]
    public required int SlotSeconds { get; init; }

    /// <summary>Instances that took their first step, hour by hour or day by day.</summary>
    [Required, Length(1, 400)]
    public required IReadOnlyList<long> Started { get; init; }

    /// <summary>Instances that ended, however; as many numbers as in <see cref="Started"/>.</summary>
    [Required, Length(1, 400)]
    public required IReadOnlyList<long> Finished { get; init; }

    /// <summary>Whether both count the same hours or days.</summary>
    public bool IsLike(ReportTimeline other) =>
        From == other.From && SlotSeconds == other.SlotSeconds && Started is not null && Finished is not null
        && Started.Count == Finished.Count && Started.Count == other.Started?.Count && Started.Count == other.Finished?.Count;
}
