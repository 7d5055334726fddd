namespace Resonance.Audit.Projections;

/// <summary>What the steps of some whole minutes did, as far as they are witnessed.</summary>
public sealed record WindowFigures
{
    /// <summary>All workflows together.</summary>
    public required StepFigures Total { get; init; }

    /// <summary>Each workflow that did anything in the window or has instances, by its type.</summary>
    public required IReadOnlyDictionary<string, TypeFigures> ByType { get; init; }

    /// <summary>The minutes in which anything happened, in order.</summary>
    public required IReadOnlyList<MinuteFigures> Minutes { get; init; }

    /// <summary>When the last step was witnessed; null when none ever was. UTC.</summary>
    public required DateTimeOffset? WitnessedTo { get; init; }
}

/// <summary>Figures of one workflow.</summary>
/// <param name="Figures">What its steps did in the window.</param>
/// <param name="Instances">How many instances are in each state now, PascalCase; those that ended too. No state that nobody is in.</param>
public sealed record TypeFigures(StepFigures Figures, IReadOnlyDictionary<string, long> Instances);

/// <summary>Figures of one minute, all workflows together.</summary>
/// <param name="Minute">When it began, UTC.</param>
/// <param name="Figures">What the steps that were taken in it did.</param>
public sealed record MinuteFigures(DateTimeOffset Minute, StepFigures Figures);

/// <summary>Counts of what steps did.</summary>
public sealed record StepFigures
{
    /// <summary>Nothing happened.</summary>
    public static StepFigures None { get; } = new();

    /// <summary>Steps that were taken.</summary>
    public long Steps { get; init; }

    /// <summary>Instances that took their first step.</summary>
    public long Started { get; init; }

    /// <summary>Instances that ended as <c>completed</c>.</summary>
    public long Completed { get; init; }

    /// <summary>Instances that ended as <c>failed</c>.</summary>
    public long Failed { get; init; }

    /// <summary>Instances that ended as <c>cancelled</c>; one that was completed and undone later ended twice.</summary>
    public long Cancelled { get; init; }

    /// <summary>Attempts that were scheduled after one that had failed.</summary>
    public long Retries { get; init; }

    /// <summary>Activities whose undoing began.</summary>
    public long Compensations { get; init; }

    /// <summary>Times that an instance was suspended.</summary>
    public long Incidents { get; init; }

    /// <summary>Events that were rejected.</summary>
    public long Rejected { get; init; }

    /// <summary>How long those took that ended, however they did; null when none did.</summary>
    public LatencyFigures? Latency { get; init; }

    /// <summary>Instances that came to an end, however.</summary>
    public long Processed => Completed + Failed + Cancelled;
}

/// <summary>Total execution times in whole milliseconds: exact below 256, otherwise at most 0.4 % off.</summary>
/// <param name="AverageMs">The mean, rounded; exact.</param>
/// <param name="P50Ms">Half took no longer.</param>
/// <param name="P99Ms">99 of 100 took no longer.</param>
public sealed record LatencyFigures(long AverageMs, long P50Ms, long P99Ms);
