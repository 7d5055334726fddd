using Resonance.Audit.Projections;
using Resonance.Engine.Definitions;

namespace Resonance.Gateway.Diagrams;

/// <summary>What became of instances in one state.</summary>
/// <param name="Left">Steps that took an instance out of it.</param>
/// <param name="Failed">Attempts that failed in it.</param>
/// <param name="Stay">How long those had been in it who left; null when that is not known.</param>
/// <param name="Instances">How many are in it now.</param>
sealed record StateUse(long Left, long Failed, LatencyFigures? Stay, long Instances)
{
    /// <summary>0 to 1: the share of what was attempted in it that failed; null when nothing was.</summary>
    public double? FailureRate { get; init; }
}

/// <summary>How often one arrow of the machine was gone.</summary>
/// <param name="Events">What caused it: names of contracts.</param>
/// <param name="Taken">How often.</param>
/// <param name="Failed">Attempts that failed in the steps that went this way.</param>
/// <param name="Retried">Attempts that were scheduled in them.</param>
/// <param name="Share">0 to 1: of all that left the state, those that went this way; null when none left it.</param>
sealed record WayUse(IReadOnlyList<string> Events, long Taken, long Failed, long Retried, double? Share);

/// <summary>
/// The figures of a machine upon its states and arrows. A step that went through several states at once counts on each arrow of its way;
/// one that stayed where it was counts on no arrow, unless an
/// activity failed for good and the machine does something else about it.
/// </summary>
sealed class MachineUse
{
    // No step of a workflow that a person could follow goes through more states than this.
    const int HopsMax = 4;

    readonly MachineGraph _graph;
    readonly Dictionary<(string From, string To), WayUse> _ways = [];
    readonly Dictionary<string, StateUse> _states;

    MachineUse(MachineGraph graph, WorkflowDescription workflow, MachineFigures figures)
    {
        _graph = graph;
        _states = graph.States.ToDictionary(state => state.Name, _ => new StateUse(0, 0, null, 0), StringComparer.Ordinal);
        _states[MachineGraph.Start] = new StateUse(0, 0, null, 0);
        foreach (var (state, count) in figures.Instances)
            Change(Screen(state), use => use with { Instances = count });
        foreach (var (state, stay) in figures.Stays)
            Change(Screen(state), use => use with { Stay = stay });

        var succeeded = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var way in figures.Ways)
        {
            var (from, to) = (way.From == workflow.Shape.Initial ? MachineGraph.Start : Screen(way.From), Screen(way.To));
            var leaves = from == to ? 0 : way.Steps;
            Change(from, use => use with { Left = use.Left + leaves, Failed = use.Failed + way.Failed });
            if (way.Failed == 0)
                succeeded[from] = succeeded.GetValueOrDefault(from) + leaves;
            if (from != to)
            {
                foreach (var hop in HopsOf(from, to))
                    Count(hop, way);
            }
            else if (way.Failed > way.Retried && graph.Transitions.Any(loop => loop.From == from && loop.To == from))
            {
                // What failed and is not made again led somewhere: to something else in the same state.
                Count((from, from), way with { Steps = way.Failed - way.Retried });
            }
        }

        foreach (var state in _states.Keys.ToArray())
        {
            // Where nothing is attempted, nothing can fail, however many pass.
            var attempted = _states[state].Failed + succeeded.GetValueOrDefault(state);
            var attempts = graph.States.FirstOrDefault(known => known.Name == state)?.Activities.Count > 0;
            Change(state, use => use with { FailureRate = attempts && attempted > 0 ? use.Failed / (double)attempted : null });
        }

        foreach (var way in _ways.Keys.ToArray())
        {
            var left = _ways.Where(other => other.Key.From == way.From).Sum(other => other.Value.Taken);
            _ways[way] = _ways[way] with { Share = left == 0 ? null : _ways[way].Taken / (double)left };
        }
    }

    /// <summary>By the states' names on screen; <see cref="MachineGraph.Start"/> among them.</summary>
    public IReadOnlyDictionary<string, StateUse> States => _states;

    /// <summary>The arrows that were gone; those that only operators and failures lead too.</summary>
    public IReadOnlyDictionary<(string From, string To), WayUse> Ways => _ways;

    public static MachineUse Of(WorkflowDescription workflow, MachineFigures figures) => Of(MachineGraph.Of(workflow), workflow, figures);

    public static MachineUse Of(MachineGraph graph, WorkflowDescription workflow, MachineFigures figures) => new(graph, workflow, figures);

    /// <summary>The machine with every way that was gone, so that the figures of a state add up in the picture.</summary>
    public MachineGraph Gone => _graph.With(_ways.Keys);

    /// <summary>What of it is drawn upon <see cref="Gone"/>. Failures stand at the arrow that is gone when all goes well.</summary>
    public DiagramOverlay ToOverlay(string? stateLink) => new()
    {
        Instances = _states.ToDictionary(state => state.Key, state => state.Value.Instances, StringComparer.Ordinal),
        Times = _states.Where(state => state.Value.Stay is not null).ToDictionary(
            state => state.Key, state => new StateTime(state.Value.Stay!.AverageMs, state.Value.Stay.P50Ms, state.Value.Stay.P99Ms),
            StringComparer.Ordinal),
        Uses = Gone.Transitions.ToDictionary(
            way => (way.From, way.To),
            way => new TransitionUse(
                _ways.GetValueOrDefault((way.From, way.To))?.Taken ?? 0,
                way.Kind == TransitionKind.Forward ? _states[way.From].FailureRate : null)),
        StateLink = stateLink,
    };

    /// <summary>
    /// The arrows that a step went along: the one between its states, or the shortest way on which one event leads on and on. What is
    /// neither is an arrow of its own, which no definition draws.
    /// </summary>
    IReadOnlyList<(string From, string To)> HopsOf(string from, string to)
    {
        if (_graph.Transitions.Any(way => way.From == from && way.To == to))
            return [(from, to)];

        var ahead = new Queue<(string At, IReadOnlyList<(string From, string To)> Hops, IReadOnlyCollection<string>? Events)>([(from, [], null)]);
        while (ahead.TryDequeue(out var way))
        {
            foreach (var next in _graph.Transitions.Where(next => next.From == way.At && next.To != way.At))
            {
                var events = next.Events.Select(EventOf).Where(name => way.Events?.Contains(name) ?? true).ToHashSet(StringComparer.Ordinal);
                if (events.Count == 0 || way.Hops.Any(hop => hop.From == next.To))
                    continue;

                IReadOnlyList<(string From, string To)> hops = [.. way.Hops, (next.From, next.To)];
                if (next.To == to)
                    return hops;
                if (hops.Count < HopsMax)
                    ahead.Enqueue((next.To, hops, events));
            }
        }

        return [(from, to)];
    }

    /// <summary>A person's yes takes an instance back to its state and is raised there: two names of one event.</summary>
    static string EventOf(string name) => name == "ResumeWorkflow" ? "Resumed" : name;

    void Count((string From, string To) hop, WayFigures way)
    {
        var use = _ways.GetValueOrDefault(hop) ?? new WayUse([], 0, 0, 0, null);
        _ways[hop] = use with
        {
            Events = use.Events.Contains(way.Event) ? use.Events : [.. use.Events, way.Event],
            Taken = use.Taken + way.Steps,
            Failed = use.Failed + way.Failed,
            Retried = use.Retried + way.Retried,
        };
    }

    void Change(string state, Func<StateUse, StateUse> change)
    {
        // A state that only an earlier build had is not part of this machine.
        if (_states.TryGetValue(state, out var use))
            _states[state] = change(use);
    }

    static string Screen(string state) => StateNames.ToScreen(state);
}
