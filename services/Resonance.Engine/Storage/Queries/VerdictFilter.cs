using System.Globalization;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Which evaluations of rules to list; null means any.</summary>
public sealed record VerdictFilter
{
    /// <summary>Workflow type, e.g. <c>payment</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The instance.</summary>
    public Guid? WorkflowId { get; init; }

    /// <summary>Name of the rule, e.g. <c>fraud_score</c>.</summary>
    public string? Rule { get; init; }

    /// <summary>The version that decided.</summary>
    public int? Version { get; init; }

    /// <summary><c>pass</c> or <c>fail</c>.</summary>
    public string? Verdict { get; init; }

    /// <summary>First moment of the period.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The moment after its last.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The first one first.</summary>
    /// <value>Default false: the last one first.</value>
    public bool OldestFirst { get; init; }

    /// <summary>1 to <see cref="WorkflowFilter.LimitMax"/>.</summary>
    public int Limit { get; init; } = WorkflowFilter.LimitDefault;

    /// <summary>Where the page before ended; null for the first page. See <see cref="IsPlace"/>.</summary>
    public PageCursor? After { get; init; }

    /// <summary>The order as an address has it.</summary>
    public string Sort => OldestFirst ? "occurredAt" : "-occurredAt";

    /// <summary>Whether a cursor of this order can be what was given out.</summary>
    public static bool IsPlace(PageCursor cursor) => PlaceOf(cursor) is not null;

    internal static string PlaceOf(RecordedVerdict verdict) =>
        string.Create(CultureInfo.InvariantCulture, $"{verdict.Sequence}/{verdict.Position}");

    /// <summary>The step, and the place of the evaluation among its entries.</summary>
    internal static (long Sequence, long Position)? PlaceOf(PageCursor cursor) =>
        cursor.Value.Split('/') is [var sequence, var position]
        && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var step)
        && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var entry)
            ? (step, entry)
            : null;
}

/// <summary>An evaluation of a rule, as the journal has it.</summary>
public sealed record RecordedVerdict
{
    /// <summary>The instance.</summary>
    public required Guid WorkflowId { get; init; }

    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>Its workflow.</summary>
    public required string Type { get; init; }

    /// <summary>The step in which the rule was evaluated.</summary>
    public required long Sequence { get; init; }

    /// <summary>Tells the evaluations of one step apart, in their order.</summary>
    public required long Position { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>The journal entry, a JSON object of the kind <c>ruleEvaluated</c>.</summary>
    public required string Entry { get; init; }
}
