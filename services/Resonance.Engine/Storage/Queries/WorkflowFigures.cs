namespace Resonance.Engine.Storage.Queries;

/// <summary>Counts what a workflow did in a period, by what the journal says of it. Reads only.</summary>
/// <remarks>
/// The journal is read row by row, found by its index on time. Percentiles come from a histogram: durations below 256 ms are exact, longer
/// ones are at most 0.4 % off. A store that cannot be reached surfaces as the driver's exception.
/// </remarks>
public sealed class WorkflowFigures
{
    // What else an entry says does not have to travel. On SQLite, where nothing travels, the plus keeps the instances' index out of it: the
    // period is what there is little of.
    internal static readonly PeriodQuestion Question = new(
        Postgres:
        """
        SELECT j.sequence, (extract(epoch FROM j.occurred_at) * 1000000)::bigint,
               jsonb_path_query_array(
                   j.entries,
                   '$[*] ? (@.kind == "finished" || @.kind == "suspended" || @.kind == "retryScheduled" || @.kind == "attemptFailed" ||
                            @.kind == "compensated" || @.kind == "eventRejected" || @.kind == "ruleEvaluated")')::text
        FROM resonance.journal j JOIN resonance.workflow w ON w.id = j.workflow_id
        WHERE w.type = @workflow AND j.occurred_at >= @from AND j.occurred_at < @to
        """,
        Sqlite:
        """
        SELECT j.sequence, j.occurred_at, j.entries
        FROM journal j JOIN workflow w ON w.id = j.workflow_id
        WHERE +w.type = @workflow AND j.occurred_at >= @from AND j.occurred_at < @to
        """);

    readonly JournalPeriod _period;

    internal WorkflowFigures(JournalPeriod period)
    {
        _period = period;
    }

    /// <summary>Counts.</summary>
    /// <param name="workflow">The workflow's type, e.g. <c>order</c>.</param>
    /// <param name="from">First moment of the period.</param>
    /// <param name="to">The moment after its last: later than <paramref name="from"/>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<PeriodFigures> ReadAsync(string workflow, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(to, from);
        var tally = new FiguresTally(from, to);
        var steps = _period.ReadAsync(
            Question, from, to, [("@workflow", workflow)], row => (Sequence: row.Number(0), At: row.Time(1), Entries: row.Text(2)),
            cancellationToken);
        await foreach (var (sequence, at, entries) in steps)
            tally.Add(sequence, at, entries);
        return tally.ToFigures();
    }
}

/// <summary>What a workflow did in a period.</summary>
public sealed record PeriodFigures
{
    /// <summary>Steps that were taken.</summary>
    public required long Steps { get; init; }

    /// <summary>Instances that took their first step.</summary>
    public required long Started { get; init; }

    /// <summary>Instances that ended as <c>completed</c>.</summary>
    public required long Completed { get; init; }

    /// <summary>Instances that ended as <c>failed</c>.</summary>
    public required long Failed { get; init; }

    /// <summary>Instances that ended as <c>cancelled</c>; one that was completed and undone later ended twice.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Times that an instance was suspended.</summary>
    public required long Suspended { get; init; }

    /// <summary>Attempts that were scheduled after one that had failed.</summary>
    public required long Retries { get; init; }

    /// <summary>Attempts that failed.</summary>
    public required long FailedAttempts { get; init; }

    /// <summary>Activities that were undone.</summary>
    public required long Compensations { get; init; }

    /// <summary>Events that were rejected.</summary>
    public required long RejectedEvents { get; init; }

    /// <summary>Evaluations of rules that passed.</summary>
    public required long RulesPassed { get; init; }

    /// <summary>Evaluations of rules that failed.</summary>
    public required long RulesFailed { get; init; }

    /// <summary>
    /// Total execution times of the instances that ended as completed or failed; null when none did. Cancelled ones are left out: a person
    /// decides when that is, be it weeks later.
    /// </summary>
    public required PeriodDurations? Durations { get; init; }

    /// <summary>When the first hour or day of the counts below begins: at the beginning of the period or before it. UTC.</summary>
    public required DateTimeOffset SlotsFrom { get; init; }

    /// <summary>An hour, or a day when the period is longer than three days.</summary>
    public required TimeSpan Slot { get; init; }

    /// <summary>Instances that took their first step, slot by slot, without gaps.</summary>
    public required IReadOnlyList<long> StartedBySlot { get; init; }

    /// <summary>Instances that ended, however, slot by slot.</summary>
    public required IReadOnlyList<long> FinishedBySlot { get; init; }
}

/// <summary>Durations in whole milliseconds.</summary>
/// <param name="AverageMs">The mean, rounded.</param>
/// <param name="P50Ms">Half took no longer.</param>
/// <param name="P95Ms">95 of 100 took no longer.</param>
/// <param name="P99Ms">99 of 100 took no longer.</param>
public sealed record PeriodDurations(long AverageMs, long P50Ms, long P95Ms, long P99Ms);
