using Resonance.Audit.Projections;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;

namespace Resonance.Gateway.Metrics;

/// <summary>How all workflows fared in a window of time.</summary>
sealed record SummaryAnswer
{
    /// <summary>The window that was asked for.</summary>
    public required string Window { get; init; }

    /// <summary>When the window began, rounded down to a whole minute.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Now.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>When the last step was witnessed that these figures know of; null when none ever was.</summary>
    public required DateTimeOffset? WitnessedTo { get; init; }

    /// <summary>Instances that came to an end in the window, however.</summary>
    public required long WorkflowsProcessed { get; init; }

    /// <summary>The part of them that ended as intended, 0 to 1; null when none ended.</summary>
    public required double? SuccessRate { get; init; }

    /// <summary>Milliseconds from the start to the end; null when none ended.</summary>
    public required long? AverageLatencyMs { get; init; }

    /// <summary>Half took no longer; null when none ended.</summary>
    public required long? P50LatencyMs { get; init; }

    /// <summary>99 of 100 took no longer; null when none ended.</summary>
    public required long? P99LatencyMs { get; init; }

    /// <summary>Attempts that were scheduled after one that had failed.</summary>
    public required long Retries { get; init; }

    /// <summary>Activities whose undoing began.</summary>
    public required long Compensations { get; init; }

    /// <summary>Times that an instance was suspended.</summary>
    public required long Incidents { get; init; }

    /// <summary>Messages that wait now, at the broker and in the outbox; null when that could not be measured.</summary>
    public required long? QueueDepth { get; init; }

    /// <summary>What has to be known of the queue depth, or why there is none.</summary>
    public required string? QueueDepthNote { get; init; }

    /// <summary>Each workflow by itself, in the order of their names.</summary>
    public required IReadOnlyList<WorkflowSummaryItem> ByWorkflow { get; init; }

    /// <summary>Each minute of the window in order, the current one last; those in which nothing happened too.</summary>
    public required IReadOnlyList<SummaryPoint> Series { get; init; }

    public static SummaryAnswer Of(
        string window, DateTimeOffset from, DateTimeOffset to, WindowFigures figures, QueueDepth depth, WorkflowCatalog catalog)
    {
        var total = figures.Total;
        var types = catalog.All.Select(workflow => workflow.Type)
            .Union(figures.ByType.Where(type => type.Value.Figures.Steps > 0).Select(type => type.Key), StringComparer.Ordinal);
        return new SummaryAnswer
        {
            Window = window,
            From = from,
            To = to,
            WitnessedTo = figures.WitnessedTo,
            WorkflowsProcessed = total.Processed,
            SuccessRate = RateOf(total),
            AverageLatencyMs = total.Latency?.AverageMs,
            P50LatencyMs = total.Latency?.P50Ms,
            P99LatencyMs = total.Latency?.P99Ms,
            Retries = total.Retries,
            Compensations = total.Compensations,
            Incidents = total.Incidents,
            QueueDepth = depth.Messages,
            QueueDepthNote = depth.Note,
            ByWorkflow = [.. types.Order(StringComparer.Ordinal).Select(type => WorkflowSummaryItem.Of(type, figures, depth, catalog.Find(type)))],
            Series = [.. SeriesOf(from, to, figures.Minutes)],
        };
    }

    internal static double? RateOf(StepFigures figures) =>
        figures.Processed == 0 ? null : Math.Round((double)figures.Completed / figures.Processed, 4);

    static IEnumerable<SummaryPoint> SeriesOf(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<MinuteFigures> minutes)
    {
        var figures = minutes.ToDictionary(minute => minute.Minute, minute => minute.Figures);
        for (var minute = from; minute < to; minute = minute.AddMinutes(1))
            yield return SummaryPoint.Of(minute, figures.GetValueOrDefault(minute, StepFigures.None));
    }
}

/// <summary>How one workflow fared in the window.</summary>
sealed record WorkflowSummaryItem
{
    /// <summary>The workflow, e.g. <c>order</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Instances now that go on by themselves or undo what they did; null when this process does not know the workflow.</summary>
    public required long? Running { get; init; }

    /// <summary>Instances now that wait for a person; null when this process does not know the workflow.</summary>
    public required long? Suspended { get; init; }

    /// <summary>Messages now that wait for the workflow; null when that could not be measured.</summary>
    public required long? Queued { get; init; }

    /// <summary>Instances that came to an end in the window, however.</summary>
    public required long Processed { get; init; }

    /// <summary>The part of them that ended as intended, 0 to 1; null when none ended.</summary>
    public required double? SuccessRate { get; init; }

    /// <summary>Milliseconds from the start to the end; null when none ended.</summary>
    public required long? AverageLatencyMs { get; init; }

    /// <summary>Half took no longer; null when none ended.</summary>
    public required long? P50LatencyMs { get; init; }

    /// <summary>99 of 100 took no longer; null when none ended.</summary>
    public required long? P99LatencyMs { get; init; }

    /// <summary>How many instances that have not ended are in each state now, as on screen.</summary>
    public required IReadOnlyDictionary<string, long> States { get; init; }

    public static WorkflowSummaryItem Of(string type, WindowFigures window, QueueDepth depth, WorkflowDescription? workflow)
    {
        var (figures, instances) = window.ByType.GetValueOrDefault(type, new TypeFigures(StepFigures.None, new Dictionary<string, long>()));
        var live = workflow is null ? [] : instances.Where(state => !WorkflowStatus.IsEnd(workflow.StatusIn(state.Key))).ToArray();
        long? In(bool suspended) => workflow is null
            ? null
            : live.Where(state => workflow.StatusIn(state.Key) != WorkflowStatus.Queued)
                .Where(state => workflow.StatusIn(state.Key) == WorkflowStatus.Suspended == suspended).Sum(state => state.Value);
        return new WorkflowSummaryItem
        {
            Type = type,
            Running = In(suspended: false),
            Suspended = In(suspended: true),
            Queued = depth.ByQueue.TryGetValue(type, out var queued) ? queued : null,
            Processed = figures.Processed,
            SuccessRate = SummaryAnswer.RateOf(figures),
            AverageLatencyMs = figures.Latency?.AverageMs,
            P50LatencyMs = figures.Latency?.P50Ms,
            P99LatencyMs = figures.Latency?.P99Ms,
            States = live.GroupBy(state => StateNames.ToScreen(state.Key), StringComparer.Ordinal).OrderBy(state => state.Key, StringComparer.Ordinal)
                .ToDictionary(state => state.Key, state => state.Sum(same => same.Value), StringComparer.Ordinal),
        };
    }
}

/// <summary>One minute, all workflows together.</summary>
/// <param name="Minute">When it began.</param>
/// <param name="Started">Instances that took their first step.</param>
/// <param name="Processed">Instances that came to an end, however.</param>
/// <param name="Completed">Instances that ended as intended.</param>
/// <param name="Failed">Instances that ended otherwise than intended.</param>
/// <param name="Retries">Attempts that were scheduled after one that had failed.</param>
/// <param name="AverageLatencyMs">Milliseconds from the start to the end; null when none ended.</param>
/// <param name="P99LatencyMs">99 of 100 took no longer; null when none ended.</param>
sealed record SummaryPoint(
    DateTimeOffset Minute, long Started, long Processed, long Completed, long Failed, long Retries, long? AverageLatencyMs, long? P99LatencyMs)
{
    public static SummaryPoint Of(DateTimeOffset minute, StepFigures figures) => new(
        minute, figures.Started, figures.Processed, figures.Completed, figures.Failed, figures.Retries, figures.Latency?.AverageMs,
        figures.Latency?.P99Ms);
}
