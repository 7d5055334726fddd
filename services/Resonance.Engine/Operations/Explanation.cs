using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.Operations;

/// <summary>How an instance came to be where it is, and what would move it on.</summary>
public sealed record Explanation
{
    /// <summary>The instance.</summary>
    public required WorkflowRow Workflow { get; init; }

    /// <summary>Where it stands in its work queue; null unless it waits for its turn.</summary>
    public PlaceInLine? Line { get; init; }

    /// <summary>Since when it has been in its state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The event that brought it there; null for a start that is accepted and not executed yet.</summary>
    public required string? By { get; init; }

    /// <summary>The step of that event; 0 for a start that is not executed yet.</summary>
    public required long Step { get; init; }

    /// <summary>Where it stands; null for a start that is not executed yet.</summary>
    public required WorkflowSituation? Situation { get; init; }

    /// <summary>Its timers, the next one first.</summary>
    public required IReadOnlyList<PendingTimer> Timers { get; init; }

    /// <summary>The activities that it waits for.</summary>
    public required IReadOnlyList<ExplainedActivity> Activities { get; init; }

    /// <summary>The verdicts of rules that led here, the last one last.</summary>
    public required IReadOnlyList<ExplainedVerdict> Verdicts { get; init; }

    /// <summary>What would move it on, a sentence each; one that says why nothing will, where nothing will.</summary>
    public required IReadOnlyList<string> MovesOn { get; init; }
}

/// <summary>Where an instance stands that waits for its turn.</summary>
/// <param name="Queue">The work queue.</param>
/// <param name="State">One of <see cref="Queues.WorkItemState"/>.</param>
/// <param name="Ahead">How many come before it, as things are; counted up to 10,000.</param>
/// <param name="Group">Its FIFO group; null for none.</param>
/// <param name="LimitKey">What the limit for each key counts it by; null for nothing.</param>
/// <param name="LimitedBy">Which limit of the whole queue holds back: <c>paused</c>, <c>concurrency</c> or <c>rate</c>; null for none.</param>
/// <param name="PredictedAt">When it begins, at the pace of the last minute; null when that has none.</param>
public sealed record PlaceInLine(
    string Queue, string State, long Ahead, string? Group, string? LimitKey, string? LimitedBy, DateTimeOffset? PredictedAt);

/// <summary>An activity that is awaited.</summary>
/// <param name="Situation">Attempts and errors.</param>
/// <param name="TimerDueAt">When the wait or the attempt ends by itself; null when nothing will end it.</param>
/// <param name="Queue">The queue of its command; null when there is no such queue, or it could not be looked at.</param>
/// <param name="QueueProblem">Why the queue could not be looked at; null when it could.</param>
/// <param name="Child">The workflow that does it; null when a worker does, or when it does not exist.</param>
public sealed record ExplainedActivity(
    ActivitySituation Situation, DateTimeOffset? TimerDueAt, QueueState? Queue, string? QueueProblem, WorkflowRow? Child);

/// <summary>A verdict that led an instance to where it is.</summary>
/// <param name="At">When.</param>
/// <param name="Sequence">In which step.</param>
/// <param name="Evaluated">What the rule saw, and said.</param>
public sealed record ExplainedVerdict(DateTimeOffset At, long Sequence, RuleEvaluated Evaluated);
