namespace Resonance.Engine.Definitions;

/// <summary>Where an instance stands, worked out from its data and its machine.</summary>
public sealed record WorkflowSituation
{
    /// <summary>Names of the workflow's own events that its state handles, e.g. <c>ReserveInventory.Completed</c>.</summary>
    public required IReadOnlyList<string> Accepts { get; init; }

    /// <summary>What an operator may ask of it now: some of <see cref="OperatorActions"/>.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    /// <summary>The activities whose reply it waits for.</summary>
    public required IReadOnlyList<ActivitySituation> Activities { get; init; }

    /// <summary>Token of the timer that is the state's deadline; null when it has none.</summary>
    public required Guid? DeadlineTimer { get; init; }

    /// <summary>Why it waits for a person; null when it does not.</summary>
    public required SuspendedSituation? Suspension { get; init; }

    /// <summary>The activity that is being undone; null when none is.</summary>
    public required string? Undoing { get; init; }

    /// <summary>The activities that were done and that a compensation would undo, the one that goes first in front.</summary>
    public required IReadOnlyList<string> Undoes { get; init; }

    /// <summary>Why it is being undone, failed or was cancelled; null while all is well.</summary>
    public required string? Reason { get; init; }
}

/// <summary>An activity whose reply is awaited.</summary>
public sealed record ActivitySituation
{
    /// <summary>Its name.</summary>
    public required string Activity { get; init; }

    /// <summary>The contract of its command.</summary>
    public required Type CommandType { get; init; }

    /// <summary>Makes the command as it would be sent now, by the workflow's own code.</summary>
    internal Func<object> MakeCommand { get; init; } = null!;

    /// <summary>Name of the queue that the command goes to.</summary>
    public required string Destination { get; init; }

    /// <summary>Whether another workflow does it.</summary>
    public required bool IsWorkflow { get; init; }

    /// <summary>Attempts made, 1 for the first.</summary>
    public required int Attempt { get; init; }

    /// <summary>Most attempts; 0 for no limit.</summary>
    public required int AttemptsMax { get; init; }

    /// <summary>The retry policy as people read it.</summary>
    public required string Policy { get; init; }

    /// <summary>True between two attempts.</summary>
    public required bool Waits { get; init; }

    /// <summary>Why the last attempt failed; null in the first.</summary>
    public required string? LastError { get; init; }

    /// <summary>Token of the timer that ends the wait, or the attempt.</summary>
    public required Guid? Timer { get; init; }
}

/// <summary>Why an instance waits for a person.</summary>
/// <param name="Cause">For people.</param>
/// <param name="Activity">The activity that failed; null when none did.</param>
/// <param name="ErrorKind">A short stable word, e.g. <c>timeout</c>, or one of <see cref="IncidentKinds"/>.</param>
/// <param name="Attempts">Attempts that were made.</param>
/// <param name="Since">When it was suspended.</param>
/// <param name="State">The state that it goes back to, PascalCase.</param>
/// <param name="By">The operator who holds it; null when it suspended itself.</param>
public sealed record SuspendedSituation(
    string Cause, string? Activity, string ErrorKind, int Attempts, DateTimeOffset Since, string State, string? By);
