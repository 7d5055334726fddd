using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.Schedules;

/// <summary>What a schedule's history is made of, by the name of the time that it is ordered by.</summary>
public enum ScheduleHistoryOrder
{
    /// <summary>What became of its due times, by <c>dueAt</c>.</summary>
    Firings,

    /// <summary>Who changed it and why, by <c>changedAt</c>.</summary>
    Changes,
}

/// <summary>Which part of a schedule's history to list; null means any.</summary>
/// <param name="Schedule">Its name.</param>
/// <param name="Of">Firings or changes.</param>
public sealed record ScheduleHistoryFilter(string Schedule, ScheduleHistoryOrder Of)
{
    /// <summary>One of <see cref="FiringOutcome"/>, or of <see cref="ScheduleAction"/>.</summary>
    public string? Word { get; init; }

    /// <summary>First moment of the period.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The moment after its last.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The first one first.</summary>
    /// <value>Default false: the last one first.</value>
    public bool OldestFirst { get; init; }

    /// <summary>1 to <see cref="WorkflowFilter.LimitMax"/>.</summary>
    public int Limit { get; init; } = WorkflowFilter.LimitDefault;

    /// <summary>Where the page before ended; null for the first page.</summary>
    public PageCursor? After { get; init; }

    /// <summary>The order as an address has it.</summary>
    public string Sort => (OldestFirst ? "" : "-") + (Of == ScheduleHistoryOrder.Firings ? "dueAt" : "changedAt");
}
