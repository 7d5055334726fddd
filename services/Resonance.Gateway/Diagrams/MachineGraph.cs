using Resonance.Engine.Definitions;

namespace Resonance.Gateway.Diagrams;

/// <summary>What an activity is drawn with.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Undoes">The activities that it undoes; none for one that does something.</param>
/// <param name="Timeout">How long one attempt may take.</param>
/// <param name="AttemptsMax">Most attempts; 0 for no limit.</param>
/// <param name="Policy">The retry policy as people read it.</param>
/// <param name="Command">The contract of its command.</param>
/// <param name="Destination">The queue of its command.</param>
sealed record MachineActivity(
    string Name, IReadOnlyList<string> Undoes, TimeSpan Timeout, int AttemptsMax, string Policy, string Command, string Destination);

/// <summary>A state of the picture.</summary>
sealed record MachineState
{
    /// <summary>As on screen, e.g. <c>VALIDATE_CARD</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The status of an instance in it.</summary>
    public required string Status { get; init; }

    /// <summary>What is done while an instance is in it.</summary>
    public IReadOnlyList<MachineActivity> Activities { get; init; } = [];

    /// <summary>How long an instance may stay; null for as long as it takes.</summary>
    public TimeSpan? Deadline { get; init; }
}

/// <summary>What a transition means to those who look at it.</summary>
enum TransitionKind
{
    /// <summary>The way as it was meant.</summary>
    Forward,

    /// <summary>Something is tried again.</summary>
    Retry,

    /// <summary>Something failed.</summary>
    Failure,

    /// <summary>To a person, or back from one.</summary>
    Suspension,

    /// <summary>What was done is undone.</summary>
    Compensation,
}

/// <summary>All ways from one state to another in one arrow.</summary>
sealed record MachineTransition
{
    public required string From { get; init; }

    public required string To { get; init; }

    /// <summary>The events that lead this way, in order.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    public required TransitionKind Kind { get; init; }

    /// <summary>True when it is only drawn for those that went this way: the picture says by other means that there is such a way.</summary>
    public bool Folded { get; init; }
}

/// <summary>One event that leads from many states to the same one, drawn as one arrow from a note.</summary>
/// <param name="Event">The event.</param>
/// <param name="To">Where it leads.</param>
/// <param name="From">From where.</param>
sealed record GatheredTransition(string Event, string To, IReadOnlyList<string> From);

/// <summary>A workflow's machine as it is drawn. States go by their names on screen.</summary>
sealed class MachineGraph
{
    /// <summary>What stands for the moment before the first state.</summary>
    public const string Start = "[*]";

    /// <summary>An event that leads from so many states to the same one says more in one arrow.</summary>
    const int GatherFrom = 4;

    MachineGraph(
        string type, IReadOnlyList<MachineState> states, IReadOnlyList<MachineTransition> transitions,
        IReadOnlyList<GatheredTransition> gathered)
    {
        Type = type;
        States = states;
        Transitions = transitions;
        Gathered = gathered;
    }

    /// <summary>The workflow's name.</summary>
    public string Type { get; }

    /// <summary>The first one first.</summary>
    public IReadOnlyList<MachineState> States { get; }

    /// <summary>One for each pair of states; those that are folded too.</summary>
    public IReadOnlyList<MachineTransition> Transitions { get; }

    /// <summary>What is drawn in place of many that are folded.</summary>
    public IReadOnlyList<GatheredTransition> Gathered { get; }

    /// <summary>The machine of a workflow.</summary>
    public static MachineGraph Of(WorkflowDescription workflow)
    {
        var shape = workflow.Shape;
        var states = workflow.States.Select(state => StateOf(workflow, state)).ToArray();
        var status = states.ToDictionary(state => state.Name, state => state.Status, StringComparer.Ordinal);
        var edges = shape.Transitions
            .Select(edge => edge with { From = edge.From == shape.Initial ? Start : Screen(edge.From), To = Screen(edge.To) })
            .Where(edge => status.ContainsKey(edge.To) && (edge.From == Start || status.ContainsKey(edge.From)))
            .ToArray();

        var cancelled = Screen(shape.Cancelled);
        var undone = edges.Where(edge => status[edge.To] == WorkflowStatus.Compensating)
            .Select(edge => (edge.From, edge.Event)).ToHashSet();
        var gathered = edges
            .Where(edge => edge.From != Start && !(edge.To == cancelled && undone.Contains((edge.From, edge.Event))))
            .GroupBy(edge => (edge.Event, edge.To))
            .Where(group => group.Count() >= GatherFrom)
            .Select(group => new GatheredTransition(group.Key.Event, group.Key.To, InOrder(states, group.Select(edge => edge.From))))
            .ToArray();

        // With nothing to undo, giving up leads to the end at once: the way over compensation says enough.
        var transitions = edges.GroupBy(edge => (edge.From, edge.To)).Select(pair => new MachineTransition
        {
            From = pair.Key.From,
            To = pair.Key.To,
            Events = [.. pair.Select(edge => edge.Event)],
            Kind = KindOf(pair.Key.From, pair.Key.To, [.. pair.Select(edge => edge.Event)], status),
            Folded = pair.All(edge => (edge.To == cancelled && undone.Contains((edge.From, edge.Event)))
                || gathered.Any(many => many.Event == edge.Event && many.To == edge.To)),
        });
        var order = states.Select((state, index) => (state.Name, index)).Append((Start, -1))
            .ToDictionary(place => place.Item1, place => place.Item2, StringComparer.Ordinal);
        return new MachineGraph(
            workflow.Type, states,
            [.. transitions.OrderBy(edge => order[edge.From]).ThenBy(edge => edge.Kind).ThenBy(edge => order[edge.To])],
            gathered);
    }

    /// <summary>A graph that is given, for those who draw something else than a workflow that runs here.</summary>
    internal static MachineGraph Of(
        string type, IReadOnlyList<MachineState> states, IReadOnlyList<MachineTransition> transitions,
        IReadOnlyList<GatheredTransition>? gathered = null) => new(type, states, transitions, gathered ?? []);

    /// <summary>The same machine with the ways that were gone and that it does not draw, or that only operators and failures lead.</summary>
    public MachineGraph With(IEnumerable<(string From, string To)> travelled)
    {
        var known = States.ToDictionary(state => state.Name, state => state.Status, StringComparer.Ordinal);
        var gone = travelled.Where(way => known.ContainsKey(way.To) && (way.From == Start || known.ContainsKey(way.From))).ToHashSet();
        var transitions = Transitions.Select(edge => gone.Remove((edge.From, edge.To)) ? edge with { Folded = false } : edge).ToList();
        transitions.AddRange(gone.Order().Select(way => new MachineTransition
        {
            From = way.From,
            To = way.To,
            Events = [],
            Kind = KindOf(way.From, way.To, [], known),
        }));
        return new MachineGraph(Type, States, transitions, Gathered);
    }

    static MachineState StateOf(WorkflowDescription workflow, string state)
    {
        var shape = workflow.Shape;
        var undoes = shape.Activities.Where(activity => activity.CompensatedBy is not null)
            .ToLookup(activity => activity.CompensatedBy!, activity => activity.Name, StringComparer.Ordinal);
        var here = state == shape.Compensating
            ? shape.Activities.Where(activity => undoes.Contains(activity.Name)).Reverse()
            : shape.Activities.Where(activity => activity.States.Contains(state));
        return new MachineState
        {
            Name = Screen(state),
            Status = workflow.StatusIn(state),
            Deadline = shape.Deadlines.TryGetValue(state, out var deadline) ? deadline : null,
            Activities =
            [
                .. here.Select(activity => new MachineActivity(
                    activity.Name, state == shape.Compensating ? [.. undoes[activity.Name]] : [], activity.Timeout, activity.AttemptsMax,
                    activity.Policy, activity.Command, activity.Destination)),
            ],
        };
    }

    static TransitionKind KindOf(string from, string to, IReadOnlyList<string> events, IReadOnlyDictionary<string, string> status)
    {
        var before = status.GetValueOrDefault(from);
        if (status[to] == WorkflowStatus.Compensating || before == WorkflowStatus.Compensating)
            return TransitionKind.Compensation;
        if (status[to] == WorkflowStatus.Suspended || before == WorkflowStatus.Suspended)
            return TransitionKind.Suspension;
        if (events.Count > 0 && events.All(name => Ends(name, ".Retry") || Ends(name, ".Recovery")))
            return TransitionKind.Retry;
        var failed = events.Count > 0 && events.All(name => Ends(name, ".Failed") || Ends(name, ".Exhausted"));
        return failed || status[to] is WorkflowStatus.Failed or WorkflowStatus.Cancelled ? TransitionKind.Failure : TransitionKind.Forward;
    }

    static bool Ends(string name, string end) => name.EndsWith(end, StringComparison.Ordinal);

    static IReadOnlyList<string> InOrder(MachineState[] states, IEnumerable<string> names)
    {
        var wanted = names.ToHashSet(StringComparer.Ordinal);
        return [.. states.Select(state => state.Name).Where(wanted.Contains)];
    }

    static string Screen(string state) => StateNames.ToScreen(state);
}
