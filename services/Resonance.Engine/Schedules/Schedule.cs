namespace Resonance.Engine.Schedules;

/// <summary>A schedule as it is stored.</summary>
public sealed record Schedule
{
    /// <summary>When it starts what.</summary>
    public required ScheduleDefinition Definition { get; init; }

    /// <summary>The change that made it what it is.</summary>
    public required Guid Revision { get; init; }

    /// <summary>When it comes due next, before jitter; null when it never does again.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>The due time of the last instance that was started.</summary>
    public DateTimeOffset? LastDueAt { get; init; }

    /// <summary>The last instance that was started.</summary>
    public Guid? LastWorkflowId { get; init; }

    /// <summary>The due time of the firing that waits for the running instance to end.</summary>
    public DateTimeOffset? QueuedDueAt { get; init; }

    /// <summary>Set while it is paused.</summary>
    public SchedulePause? Paused { get; init; }
}

/// <param name="By">Who paused it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record SchedulePause(string By, string Reason, DateTimeOffset At);

/// <summary>What became of a schedule at one of its due times.</summary>
/// <param name="DueAt">When it came due, before jitter; with <see cref="FiringOutcome.Missed"/> the first of them.</param>
/// <param name="Outcome">One of <see cref="FiringOutcome"/>.</param>
/// <param name="WorkflowId">The instance; null when none was started.</param>
/// <param name="Reason">Why none was started, or who asked for it; null when there is nothing to say.</param>
/// <param name="At">When this was recorded.</param>
public sealed record ScheduleFiring(DateTimeOffset DueAt, string Outcome, Guid? WorkflowId, string? Reason, DateTimeOffset At);

/// <summary>What may become of a firing.</summary>
public static class FiringOutcome
{
    /// <summary>An instance was started.</summary>
    public const string Started = "started";

    /// <summary>It waits for the running instance to end.</summary>
    public const string Queued = "queued";

    /// <summary>Nothing was started, as the policy for overlaps says.</summary>
    public const string Skipped = "skipped";

    /// <summary>No engine ran in time.</summary>
    public const string Missed = "missed";

    /// <summary>The instance could not be started, now or later.</summary>
    public const string Refused = "refused";
}

/// <summary>A change of a schedule, and who answers for it.</summary>
/// <param name="Action">One of <see cref="ScheduleAction"/>.</param>
/// <param name="Author">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Definition">What was put, as JSON; null for other actions.</param>
/// <param name="At">When.</param>
public sealed record ScheduleChange(string Action, string Author, string Reason, string? Definition, DateTimeOffset At)
{
    /// <summary>Tells changes of one moment apart.</summary>
    internal Guid Id { get; init; }
}

/// <summary>What people do to schedules.</summary>
public static class ScheduleAction
{
    /// <summary>Created or replaced.</summary>
    public const string Put = "put";

    /// <summary>Removed.</summary>
    public const string Deleted = "deleted";

    /// <summary>Put on hold.</summary>
    public const string Paused = "paused";

    /// <summary>Let go on.</summary>
    public const string Resumed = "resumed";

    /// <summary>Fired out of turn.</summary>
    public const string Triggered = "triggered";
}

/// <param name="Author">Who changes something.</param>
/// <param name="Reason">Why.</param>
public sealed record ScheduleAuthor(string Author, string Reason);
