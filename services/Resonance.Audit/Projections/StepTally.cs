using Resonance.Contracts.Audit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Projections;

/// <summary>Counts steps by type and minute, and what they change in the number of instances in each state. Their order does not matter.</summary>
sealed class StepTally
{
    readonly Dictionary<(string Type, DateTimeOffset Minute), MinuteCounts> _minutes = [];
    readonly Dictionary<TransitionPlace, TransitionCounts> _transitions = [];
    readonly Dictionary<(string Type, string State), long> _states = [];

    public StepTally(IEnumerable<CommittedStep> steps)
    {
        foreach (var step in steps)
            Add(step);
    }

    public IReadOnlyDictionary<(string Type, DateTimeOffset Minute), MinuteCounts> Minutes => _minutes;

    /// <summary>What became of instances in a state; steps that changed nothing about that are left out.</summary>
    public IReadOnlyDictionary<TransitionPlace, TransitionCounts> Transitions => _transitions;

    /// <summary>How many more (or fewer) instances are in a state after the steps.</summary>
    public IEnumerable<((string Type, string State) Where, long Change)> States =>
        from state in _states where state.Value != 0 select (state.Key, state.Value);

    public static DateTimeOffset MinuteOf(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);

    void Add(CommittedStep step)
    {
        var minute = (step.Type, MinuteOf(step.OccurredAt));
        if (!_minutes.TryGetValue(minute, out var counts))
            _minutes.Add(minute, counts = new MinuteCounts());
        counts.Add(step);

        AddTransition(step, minute.Item2);
        Change(step.Type, step.To, 1);

        // Before its first step an instance was in no state that anybody counts.
        if (step.Sequence > 1)
            Change(step.Type, step.From, -1);
    }

    void AddTransition(CommittedStep step, DateTimeOffset minute)
    {
        if (!TransitionCounts.Concerns(step))
            return;

        var place = new TransitionPlace(step.Type, minute, step.From, step.Event, step.To);
        if (!_transitions.TryGetValue(place, out var counts))
            _transitions.Add(place, counts = new TransitionCounts());
        counts.Add(step);
    }

    void Change(string type, string state, long by) => _states[(type, state)] = _states.GetValueOrDefault((type, state)) + by;
}

/// <summary>What the steps of one workflow did in one minute.</summary>
sealed class MinuteCounts
{
    readonly List<long> _durations = [];

    public long Steps { get; private set; }

    public long Started { get; private set; }

    public long Completed { get; private set; }

    public long Failed { get; private set; }

    public long Cancelled { get; private set; }

    public long Retries { get; private set; }

    public long Compensations { get; private set; }

    public long Incidents { get; private set; }

    public long Rejected { get; private set; }

    /// <summary>How long those took that ended, in milliseconds.</summary>
    public IReadOnlyList<long> Durations => _durations;

    public void Add(CommittedStep step)
    {
        Steps++;
        if (step.Sequence == 1)
            Started++;
        Retries += Count(step, "retryScheduled");
        Compensations += Count(step, "compensationStarted");
        Incidents += Count(step, "suspended");
        Rejected += Count(step, "eventRejected");
        switch (step.Outcome)
        {
            case null:
                return;
            case WorkflowStatus.Completed:
                Completed++;
                break;
            case WorkflowStatus.Failed:
                Failed++;
                break;
            default:
                Cancelled++;
                break;
        }

        if (step.DurationMs is { } duration)
            _durations.Add(duration);
    }

    /// <summary>The durations as a histogram, together with one that is stored already.</summary>
    /// <param name="histogram">Used for it; what is in it is forgotten.</param>
    /// <param name="stored">The stored form of the other; null when there is none.</param>
    /// <returns>The stored form, in hexadecimal digits; null when nothing ended.</returns>
    public string? DurationsWith(DurationHistogram histogram, byte[]? stored)
    {
        if (_durations.Count == 0)
            return null;

        histogram.Clear();
        histogram.Add(stored.AsSpan());
        foreach (var duration in _durations)
            histogram.Add(duration);
        return Convert.ToHexStringLower(histogram.ToBytes());
    }

    static int Count(CommittedStep step, string kind) => step.Kinds.Count(candidate => candidate == kind);
}
