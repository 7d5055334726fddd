using MassTransit;

namespace Resonance.Engine.Definitions;

/// <summary>A workflow as a picture of it needs it: states, what leads from one to another, and what is done where. Names are PascalCase.</summary>
public sealed record WorkflowShape
{
    /// <summary>What is known of a workflow that was not read out of a machine: nothing.</summary>
    public static WorkflowShape None { get; } = new();

    /// <summary>Name of the state before the first one; transitions start there.</summary>
    public string Initial { get; init; } = "Initial";

    /// <summary>Name of the state in which an instance waits for a person.</summary>
    public string Suspended { get; init; } = "Suspended";

    /// <summary>Name of the state in which an instance undoes what it did.</summary>
    public string Compensating { get; init; } = "Compensating";

    /// <summary>Name of the state of an instance that was given up with nothing to undo.</summary>
    public string Cancelled { get; init; } = "Cancelled";

    /// <summary>Every way from a state to another that the definition knows; what operators can do in every state is not among them.</summary>
    public IReadOnlyList<TransitionShape> Transitions { get; init; } = [];

    /// <summary>The activities in the order in which they are declared.</summary>
    public IReadOnlyList<ActivityShape> Activities { get; init; } = [];

    /// <summary>How long an instance may stay in a state, for the states that have a deadline.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Deadlines { get; init; } = new Dictionary<string, TimeSpan>();

    internal static WorkflowShape Of<TInstance>(WorkflowStateMachine<TInstance> machine) where TInstance : WorkflowInstance, new() => new()
    {
        Initial = machine.Initial.Name,
        Suspended = machine.Suspended.Name,
        Compensating = machine.CompensatingState.Name,
        Cancelled = machine.Cancelled.Name,
        Transitions = [.. WorkflowGraph.Of(machine).Edges.Select(edge => new TransitionShape(edge.From, edge.Event, edge.To))],
        Activities = [.. machine.Activities.Select(activity => ActivityShape.Of(machine, activity))],
        Deadlines = machine.States.Where(state => machine.DeadlineOf(state) is not null)
            .ToDictionary(state => state.Name, state => machine.DeadlineOf(state)!.Value, StringComparer.Ordinal),
    };
}

/// <summary>One way from a state to another.</summary>
/// <param name="From">State.</param>
/// <param name="Event">The event that leads on, e.g. <c>ReserveInventory.Completed</c>.</param>
/// <param name="To">State.</param>
public sealed record TransitionShape(string From, string Event, string To);

/// <summary>An activity as it is declared.</summary>
public sealed record ActivityShape
{
    /// <summary>Name, unique in the workflow.</summary>
    public required string Name { get; init; }

    /// <summary>The contract of its command.</summary>
    public required string Command { get; init; }

    /// <summary>The contract of its reply.</summary>
    public required string Reply { get; init; }

    /// <summary>The queue of its command: a worker's, or another workflow's type.</summary>
    public required string Destination { get; init; }

    /// <summary>How long one attempt may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Most attempts; 0 for no limit.</summary>
    public required int AttemptsMax { get; init; }

    /// <summary>The retry policy as people read it.</summary>
    public required string Policy { get; init; }

    /// <summary>The activity that undoes it; null when nothing has to be undone.</summary>
    public string? CompensatedBy { get; init; }

    /// <summary>The state to wait in between two attempts; null when the instance stays where it is.</summary>
    public string? RetriesFrom { get; init; }

    /// <summary>The states in which its reply is awaited; of an activity that only undoes another, none.</summary>
    public required IReadOnlyList<string> States { get; init; }

    internal static ActivityShape Of<TInstance>(WorkflowStateMachine<TInstance> machine, Activity<TInstance> activity)
        where TInstance : WorkflowInstance, new() => new()
        {
            Name = activity.Name,
            Command = activity.CommandType.Name,
            Reply = activity.ReplyType.Name,
            Destination = activity.Destination,
            Timeout = activity.Timeout,
            AttemptsMax = activity.Retry.MaximumAttempts,
            Policy = activity.Retry.ToString(),
            CompensatedBy = activity.CompensatedBy?.Name,
            RetriesFrom = activity.RetriesFrom?.Name,
            States = [.. machine.States.Where(state => machine.AcceptsIn(state.Name, activity.CompletedEvent)).Select(state => state.Name)],
        };
}
