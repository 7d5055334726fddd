using System.Security.Cryptography;
using System.Text;
using MassTransit;
using MassTransit.SagaStateMachine;

namespace Resonance.Engine.Definitions;

/// <summary>One way from a state to another.</summary>
/// <param name="From">State.</param>
/// <param name="Event">The event that leads on.</param>
/// <param name="To">State.</param>
sealed record WorkflowEdge(string From, string Event, string To);

/// <summary>Reads the graph of a workflow out of its definition.</summary>
sealed class WorkflowGraph
{
    public IReadOnlyList<WorkflowEdge> Edges { get; private init; } = [];

    /// <summary>States in which an instance is left when an event has been handled.</summary>
    public IReadOnlySet<string> Resting { get; private init; } = new HashSet<string>();

    /// <summary>States from which the workflow suspends itself for a person's decision.</summary>
    public IReadOnlySet<string> Asking { get; private init; } = new HashSet<string>();

    /// <summary>States in which the workflow waits to do an activity anew: the wait bounds them.</summary>
    public IReadOnlySet<string> Recovering { get; private init; } = new HashSet<string>();

    public static WorkflowGraph Of<TInstance>(WorkflowStateMachine<TInstance> machine) where TInstance : WorkflowInstance, new()
    {
        var visitor = new Visitor<TInstance>(machine);
        machine.Accept(visitor);
        var edges = visitor.Edges.ToList();
        foreach (var activity in machine.Activities.Where(activity => activity.RetriesFrom is not null))
        {
            foreach (var state in machine.States.Where(state => machine.AcceptsIn(state.Name, activity.CompletedEvent)))
            {
                edges.Add(new WorkflowEdge(state.Name, $"{activity.Name}.Retry", activity.RetriesFrom!.Name));
                edges.Add(new WorkflowEdge(activity.RetriesFrom!.Name, $"{activity.Name}.Retry", state.Name));
            }
        }

        foreach (var state in visitor.Asking)
            edges.Add(new WorkflowEdge(machine.Suspended.Name, "ResumeWorkflow", state));
        if (edges.Any(edge => edge.To == machine.CompensatingState.Name))
            edges.Add(new WorkflowEdge(machine.CompensatingState.Name, "Compensated", machine.CompensatedState.Name));
        return new WorkflowGraph
        {
            Edges = edges.Distinct()
                .OrderBy(edge => edge.From, StringComparer.Ordinal).ThenBy(edge => edge.Event, StringComparer.Ordinal)
                .ThenBy(edge => edge.To, StringComparer.Ordinal).ToArray(),
            Resting = visitor.Resting,
            Asking = visitor.Asking,
            Recovering = visitor.Recovering,
        };
    }

    /// <summary>The workflow's states as people meet them: in the order of the way, those that it never uses left out.</summary>
    public static IReadOnlyList<string> StatesOf<TInstance>(WorkflowStateMachine<TInstance> machine) where TInstance : WorkflowInstance, new()
    {
        var graph = Of(machine);
        var states = new List<string>();
        var ahead = new Queue<string>([machine.Initial.Name]);
        while (ahead.TryDequeue(out var state))
        {
            if (states.Contains(state))
                continue;
            states.Add(state);
            foreach (var edge in graph.Edges.Where(edge => edge.From == state))
                ahead.Enqueue(edge.To);
        }

        states.Remove(machine.Initial.Name);
        foreach (var always in (State[])[machine.Suspended, machine.Cancelled])
        {
            states.Remove(always.Name);
            states.Add(always.Name);
        }

        return states;
    }

    /// <summary>A Mermaid state diagram; the same definition always gives the same text.</summary>
    public static string ToMermaid<TInstance>(WorkflowStateMachine<TInstance> machine) where TInstance : WorkflowInstance, new()
    {
        var graph = Of(machine);
        var text = new StringBuilder("stateDiagram-v2\n");
        foreach (var edge in graph.Edges)
        {
            var from = edge.From == machine.Initial.Name ? "[*]" : StateNames.ToScreen(edge.From);
            text.Append("    ").Append(from).Append(" --> ").Append(StateNames.ToScreen(edge.To)).Append(" : ").Append(edge.Event).Append('\n');
        }

        foreach (var end in machine.States.Where(state => machine.IsEnd(state) && graph.Edges.Any(edge => edge.To == state.Name))
                     .Select(state => state.Name).Order(StringComparer.Ordinal))
            text.Append("    ").Append(StateNames.ToScreen(end)).Append(" --> [*]\n");
        return text.ToString();
    }

    public static string HashOf(string diagram, IEnumerable<string> activities) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{diagram}\n{string.Join('\n', activities.Order(StringComparer.Ordinal))}")));

    /// <summary>Walks the behaviours. Where an event passes through several states, each leads on from the one before.</summary>
    sealed class Visitor<TInstance>(WorkflowStateMachine<TInstance> machine) : StateMachineVisitor where TInstance : WorkflowInstance, new()
    {
        string _position = "";
        string _event = "";
        string _state = "";
        bool _branched = true;

        public HashSet<WorkflowEdge> Edges { get; } = [];

        public HashSet<string> Resting { get; } = [];

        public HashSet<string> Asking { get; } = [];

        public HashSet<string> Recovering { get; } = [];

        public void Visit(State state, Action<State> next)
        {
            End();
            _state = state.Name;
            next(state);
            End();
        }

        public void Visit(Event @event, Action<Event> next)
        {
            Begin(@event);
            next(@event);
        }

        public void Visit<TMessage>(Event<TMessage> @event, Action<Event<TMessage>> next) where TMessage : class
        {
            Begin(@event);
            next(@event);
        }

        public void Visit(IStateMachineActivity activity) => Visit(activity, _ => { });

        public void Visit<T>(IBehavior<T> behavior) where T : class, SagaStateMachineInstance
        {
        }

        public void Visit<T>(IBehavior<T> behavior, Action<IBehavior<T>> next) where T : class, SagaStateMachineInstance => next(behavior);

        public void Visit<T, TMessage>(IBehavior<T, TMessage> behavior) where T : class, SagaStateMachineInstance where TMessage : class
        {
        }

        public void Visit<T, TMessage>(IBehavior<T, TMessage> behavior, Action<IBehavior<T, TMessage>> next)
            where T : class, SagaStateMachineInstance where TMessage : class => next(behavior);

        public void Visit(IStateMachineActivity activity, Action<IStateMachineActivity> next)
        {
            _branched = false;
            switch (activity)
            {
                case TransitionActivity<TInstance> transition:
                    GoTo(transition.ToState.Name);
                    break;
                case ILeadsElsewhere { Suspends: true }:
                    Asking.Add(_position);
                    GoTo(machine.Suspended.Name);
                    break;
                case ILeadsTo { Later: { } later } leads:
                    Recovering.Add(_position);
                    Edges.Add(new WorkflowEdge(_position, later, leads.To.Name));
                    break;
                case ILeadsTo leads:
                    GoTo(leads.To.Name);
                    break;
                case ILeadsElsewhere:
                    // With nothing to undo the instance is cancelled at once; otherwise it undoes what it did.
                    Edges.Add(new WorkflowEdge(_position, _event, machine.Cancelled.Name));
                    if (machine.Activities.Any(declared => declared.CompensatedBy is not null))
                        GoTo(machine.CompensatingState.Name);
                    break;
            }

            var position = _position;
            next(activity);
            if (!IsCondition(activity.GetType()))
                return;

            // Visited once for each branch; each begins where the condition stands.
            End();
            _position = position;
            _branched = true;
        }

        static bool IsCondition(Type activity) => activity.IsGenericType
            && (activity.GetGenericTypeDefinition() == typeof(ConditionActivity<>) || activity.GetGenericTypeDefinition() == typeof(ConditionActivity<,>));

        void Begin(Event @event)
        {
            End();
            _event = @event.Name;
            _position = _state;
            _branched = false;
        }

        /// <summary>Here a way ends, unless it ended in branches before. One that leads nowhere says nothing about the state that it began in.</summary>
        void End()
        {
            if (!_branched && _position != _state)
                Resting.Add(_position);
            _branched = true;
        }

        void GoTo(string state)
        {
            Edges.Add(new WorkflowEdge(_position, _event, state));
            _position = state;
        }
    }
}
