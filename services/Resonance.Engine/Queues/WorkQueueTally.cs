namespace Resonance.Engine.Queues;

/// <summary>Adds up what is in a queue, state by state.</summary>
sealed class WorkQueueTally
{
    readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    DateTimeOffset? _oldest;

    /// <param name="state">One of <see cref="WorkItemState"/>, as a receive would find it.</param>
    /// <param name="count">How many items.</param>
    /// <param name="oldest">When the first of them was sent.</param>
    public void Add(string state, long count, DateTimeOffset oldest)
    {
        _counts[state] = _counts.GetValueOrDefault(state) + count;
        if (state is WorkItemState.New or WorkItemState.Ready or WorkItemState.Behind or WorkItemState.Limited
            && (_oldest is null || oldest < _oldest))
        {
            _oldest = oldest;
        }
    }

    public WorkQueueFigures Figures(QueueTurn state, long enqueued, long dequeued, IReadOnlyList<WorkKeyCount> keys)
    {
        var waiting = Of(WorkItemState.New) + Of(WorkItemState.Ready) + Of(WorkItemState.Behind) + Of(WorkItemState.Limited);
        return new WorkQueueFigures
        {
            Waiting = waiting,
            BehindGroup = Of(WorkItemState.Behind),
            LimitedByKey = Of(WorkItemState.Limited),
            InFlight = Of(WorkItemState.InFlight),
            Delayed = Of(WorkItemState.Delayed),
            DeadLetters = Of(WorkItemState.Dead),
            OldestAt = _oldest,
            LimitedBy = state.LimitedBy(waiting, Of(WorkItemState.InFlight)),
            EnqueuedLastMinute = enqueued,
            DequeuedLastMinute = dequeued,
            Keys = keys,
        };
    }

    long Of(string state) => _counts.GetValueOrDefault(state);
}
