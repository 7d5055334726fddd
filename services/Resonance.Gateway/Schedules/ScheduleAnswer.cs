using System.Text.Json;
using Resonance.Engine.Schedules;

namespace Resonance.Gateway.Schedules;

/// <summary>A schedule as it is now.</summary>
sealed record ScheduleAnswer
{
    public required string Name { get; init; }

    public required string Workflow { get; init; }

    /// <summary>The template of the start message.</summary>
    public required JsonElement Start { get; init; }

    public required string Cron { get; init; }

    public required string TimeZone { get; init; }

    public required int JitterSeconds { get; init; }

    /// <summary>skip, queueOne or allow.</summary>
    public required string Overlap { get; init; }

    public required int CatchUpSeconds { get; init; }

    /// <summary>When it comes due next, before jitter; null while it is paused.</summary>
    public required DateTimeOffset? NextDueAt { get; init; }

    /// <summary>When the next instance is started, jitter included; null while it is paused.</summary>
    public required DateTimeOffset? NextStartAt { get; init; }

    /// <summary>The last instance that was started.</summary>
    public required Guid? LastWorkflowId { get; init; }

    /// <summary>The due time of the firing that waits for the running instance to end.</summary>
    public required DateTimeOffset? QueuedDueAt { get; init; }

    public required PausedAnswer? Paused { get; init; }

    public static ScheduleAnswer Of(Schedule schedule, ScheduleBook book)
    {
        var definition = schedule.Definition;
        return new ScheduleAnswer
        {
            Name = definition.Name,
            Workflow = definition.Workflow,
            Start = JsonElement.Parse(definition.Start),
            Cron = definition.Cron,
            TimeZone = definition.TimeZone,
            JitterSeconds = (int)definition.Jitter.TotalSeconds,
            Overlap = definition.Overlap,
            CatchUpSeconds = (int)definition.CatchUp.TotalSeconds,
            NextDueAt = schedule.Paused is null ? schedule.NextDueAt : null,
            NextStartAt = book.NextStart(schedule),
            LastWorkflowId = schedule.LastWorkflowId,
            QueuedDueAt = schedule.QueuedDueAt,
            Paused = schedule.Paused is { } paused ? new PausedAnswer(paused.By, paused.Reason, paused.At) : null,
        };
    }
}

/// <param name="DueAt">When it came due, before jitter; with <c>missed</c> the first of those that were missed.</param>
/// <param name="Outcome"><c>started</c>, <c>queued</c>, <c>skipped</c>, <c>missed</c> or <c>refused</c>.</param>
/// <param name="WorkflowId">The instance; null when none was started.</param>
/// <param name="Reason">Why none was started, or who asked for it.</param>
/// <param name="RecordedAt">When this was recorded.</param>
sealed record FiringAnswer(DateTimeOffset DueAt, string Outcome, Guid? WorkflowId, string? Reason, DateTimeOffset RecordedAt)
{
    public static FiringAnswer Of(ScheduleFiring firing) => new(firing.DueAt, firing.Outcome, firing.WorkflowId, firing.Reason, firing.At);
}

/// <param name="Action"><c>put</c>, <c>deleted</c>, <c>paused</c>, <c>resumed</c> or <c>triggered</c>.</param>
/// <param name="Author">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="ChangedAt">When.</param>
sealed record ScheduleChangeAnswer(string Action, string Author, string Reason, DateTimeOffset ChangedAt);

/// <param name="Schedule">The schedule.</param>
/// <param name="NextTimes">The next five due times, before jitter; while it is paused, as they would be.</param>
/// <param name="Firings">The last ones, the last one first.</param>
/// <param name="Changes">The last ones, the last one first.</param>
sealed record ScheduleDetailAnswer(
    ScheduleAnswer Schedule, IReadOnlyList<DateTimeOffset> NextTimes, IReadOnlyList<FiringAnswer> Firings,
    IReadOnlyList<ScheduleChangeAnswer> Changes);
