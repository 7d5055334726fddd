using Resonance.Engine.Journal;

namespace Resonance.Engine.Storage;

/// <summary>Everything that one step changes: it is stored whole or not at all.</summary>
public sealed record StepCommit
{
    /// <summary>The instance after the step.</summary>
    public required WorkflowRow Workflow { get; init; }

    /// <summary>The version that the step was decided on; 0 when the instance did not exist.</summary>
    public long ExpectedVersion => Workflow.Version - 1;

    public required JournalRow Journal { get; init; }

    /// <summary>Messages and timers; stored as the instance's own, whatever their <see cref="OutboxMessage.WorkflowId"/>.</summary>
    public required IReadOnlyList<OutboxMessage> Messages { get; init; }

    /// <summary>Tokens of the timers that are called off. They were set by earlier steps: what this step sets, it keeps.</summary>
    public required IReadOnlyList<Guid> CancelledTimers { get; init; }

    /// <summary>The place in a work queue that the instance takes; null when it takes none.</summary>
    public WorkItemRow? Arrival { get; init; }

    /// <summary>The work queue that the instance leaves, which frees its place; null when it leaves none.</summary>
    public string? LeavesQueue { get; init; }
}

/// <summary>Steps that are stored in one transaction.</summary>
/// <param name="Steps">1 to 1,000 steps, each of another instance.</param>
/// <param name="Notice">
/// A message that tells of all of them: it is stored when every step is stored by this call, and not at all when one is not. Null for none.
/// </param>
public sealed record StepGroup(IReadOnlyList<StepCommit> Steps, OutboxMessage? Notice = null);

/// <summary>The answer to a group.</summary>
/// <param name="Steps">One result a step, in order.</param>
/// <param name="Noticed">Whether the notice was stored by this call.</param>
public sealed record GroupResult(IReadOnlyList<StepResult> Steps, bool Noticed);

/// <summary>What became of a step.</summary>
public enum StepOutcome
{
    /// <summary>Stored.</summary>
    Committed,

    /// <summary>The message had already been applied to this instance; nothing was stored.</summary>
    Duplicate,

    /// <summary>The instance is not at the expected version; nothing was stored. Load again and decide anew.</summary>
    Conflict,

    /// <summary>Another instance of the type holds the key; nothing was stored.</summary>
    KeyTaken,

    /// <summary>The database cannot hold what the step contains, now or later; nothing was stored.</summary>
    Refused,
}

/// <summary>The answer to one step of a group.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Refusal">With <see cref="StepOutcome.Refused"/>, what the database said; otherwise null.</param>
public readonly record struct StepResult(StepOutcome Outcome, Exception? Refusal = null);

/// <summary>A start that is accepted before an engine executes it.</summary>
public sealed record AcceptedStart
{
    /// <summary>The instance at version 0.</summary>
    public required WorkflowRow Workflow { get; init; }

    /// <summary>The start message.</summary>
    public required OutboxMessage Message { get; init; }
}

/// <summary>What became of an accepted start.</summary>
/// <param name="Outcome">What was found.</param>
/// <param name="Existing">The stored instance: the new one, or with <see cref="AcceptOutcome.Exists"/> the earlier one.</param>
public sealed record AcceptResult(AcceptOutcome Outcome, WorkflowRow? Existing);

/// <summary>See <see cref="AcceptResult"/>.</summary>
public enum AcceptOutcome
{
    /// <summary>Stored, with its message.</summary>
    Accepted,

    /// <summary>An instance with this id exists; nothing was stored.</summary>
    Exists,

    /// <summary>Another instance of the type holds the key; nothing was stored.</summary>
    KeyTaken,
}
