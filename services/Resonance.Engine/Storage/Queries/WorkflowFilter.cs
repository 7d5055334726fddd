using System.Diagnostics.CodeAnalysis;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Which instances to list, and in which order; null means any.</summary>
public sealed record WorkflowFilter
{
    /// <summary>Most instances that one page may hold.</summary>
    public const int LimitMax = 200;

    /// <summary>Instances on a page unless told otherwise.</summary>
    public const int LimitDefault = 50;

    /// <summary>Most conditions on data of one question.</summary>
    public const int DataMax = 5;

    /// <summary>Workflow type, e.g. <c>order</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Any of these of <see cref="Definitions.WorkflowStatus"/>; none means any.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>A state as in code (<c>ValidateCard</c>) or as on screen (<c>VALIDATE_CARD</c>).</summary>
    public string? State { get; init; }

    /// <summary>The key; with a <c>*</c> at its end, how the key begins.</summary>
    public string? Key { get; init; }

    /// <summary>What a person looks for: an id, the first eight digits of one or more, or how a key begins, in upper case too.</summary>
    public string? Search { get; init; }

    /// <summary>First moment of the period in which it was started.</summary>
    public DateTimeOffset? StartedFrom { get; init; }

    /// <summary>The moment after its last.</summary>
    public DateTimeOffset? StartedTo { get; init; }

    /// <summary>First moment of the period in which it took its last step.</summary>
    public DateTimeOffset? UpdatedFrom { get; init; }

    /// <summary>The moment after its last.</summary>
    public DateTimeOffset? UpdatedTo { get; init; }

    /// <summary>Whether a person is needed: true for suspended instances, false for all others.</summary>
    public bool? Incident { get; init; }

    /// <summary>Suspended instances that have this in common.</summary>
    public SuspensionCause? Cause { get; init; }

    /// <summary>What its data must be like, all of them; <see cref="DataMax"/> at most.</summary>
    public IReadOnlyList<DataCondition> Data { get; init; } = [];

    /// <summary>The order.</summary>
    /// <value>Default: the one that started last first.</value>
    public WorkflowSort Sort { get; init; }

    /// <summary>1 to <see cref="LimitMax"/>.</summary>
    /// <value>Default <see cref="LimitDefault"/>.</value>
    public int Limit { get; init; } = LimitDefault;

    /// <summary>Where the page before ended; null for the first page. It must be of the same <see cref="Sort"/>.</summary>
    public PageCursor? After { get; init; }
}

/// <summary>What suspended instances have in common.</summary>
/// <param name="Type">The workflow.</param>
/// <param name="Activity">The activity that failed; null when none did.</param>
/// <param name="ErrorKind">How it failed.</param>
public sealed record SuspensionCause(string Type, string? Activity, string ErrorKind);

/// <summary>What instances are ordered by.</summary>
public enum WorkflowOrder
{
    /// <summary>When it was started.</summary>
    StartedAt,

    /// <summary>When it took its last step.</summary>
    UpdatedAt,

    /// <summary>What people call it.</summary>
    Key,

    /// <summary>The workflow.</summary>
    Type,

    /// <summary>The state, by its name in code.</summary>
    State,

    /// <summary>The status.</summary>
    Status,

    /// <summary>0 to 9.</summary>
    Priority,
}

/// <summary>An order of instances. Equal ones follow one another by the time of their start, then by id, in the same direction.</summary>
/// <param name="By">What it goes by.</param>
/// <param name="Ascending">The smallest or oldest first.</param>
public readonly record struct WorkflowSort(WorkflowOrder By, bool Ascending)
{
    static readonly string[] Names = ["startedAt", "updatedAt", "key", "type", "state", "status", "priority"];

    /// <summary>What people may ask for; a minus in front turns each round.</summary>
    public static IReadOnlyList<string> Known => Names;

    /// <summary>As in an address: <c>-startedAt</c> for the one that started last first.</summary>
    public override string ToString() => (Ascending ? "" : "-") + Names[(int)By];

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out WorkflowSort? sort)
    {
        var ascending = !text.StartsWith('-');
        var place = Array.IndexOf(Names, ascending ? text : text[1..]);
        sort = place < 0 ? null : new WorkflowSort((WorkflowOrder)place, ascending);
        return place >= 0;
    }
}

/// <param name="Count">How many there are, as far as they were counted.</param>
/// <param name="IsExact">False when there are more.</param>
public readonly record struct BoundedCount(long Count, bool IsExact);
