using Resonance.Contracts.Audit;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Projections;

/// <summary>One way of a workflow in one minute.</summary>
readonly record struct TransitionPlace(string Type, DateTimeOffset Minute, string From, string Event, string To);

/// <summary>How often one way was gone in one minute, and what went wrong on it.</summary>
sealed class TransitionCounts
{
    const string Left = "stateChanged";
    const string AttemptFailed = "attemptFailed";
    const string RetryScheduled = "retryScheduled";

    readonly List<long> _stays = [];

    public long Steps { get; private set; }

    public long Failed { get; private set; }

    public long Retried { get; private set; }

    /// <summary>How long those had been in the state who left it, in milliseconds.</summary>
    public IReadOnlyList<long> Stays => _stays;

    /// <summary>Whether a step says anything about the state that it began in: it was left, or an attempt failed there.</summary>
    public static bool Concerns(CommittedStep step) => step.From != step.To || step.Kinds.Contains(Left) || step.Kinds.Contains(AttemptFailed);

    public void Add(CommittedStep step)
    {
        Steps++;
        Failed += step.Kinds.Count(kind => kind == AttemptFailed);
        Retried += step.Kinds.Count(kind => kind == RetryScheduled);
        if (step.StayedMs is { } stayed)
            _stays.Add(stayed);
    }

    /// <summary>The stays as a histogram, together with one that is stored already: see <see cref="MinuteCounts.DurationsWith"/>.</summary>
    public string? StaysWith(DurationHistogram histogram, byte[]? stored)
    {
        if (_stays.Count == 0)
            return null;

        histogram.Clear();
        histogram.Add(stored.AsSpan());
        foreach (var stay in _stays)
            histogram.Add(stay);
        return Convert.ToHexStringLower(histogram.ToBytes());
    }
}
