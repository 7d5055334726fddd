using System.Linq.Expressions;
using System.Text.Json;
using MassTransit;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

public abstract partial class WorkflowStateMachine<TInstance>
{
    readonly List<(Event Event, WorkflowEvent Described)> _eventsFromOutside = [];
    readonly Dictionary<Event, State> _goOnFrom = [];

    IReadOnlyList<WorkflowEvent> EventsByContract =>
        [.. _eventsFromOutside.Select(declared => declared.Described).OrderBy(known => known.Contract.Name, StringComparer.Ordinal)];

    /// <summary>
    /// Declares an event from outside that is about a running instance, published or sent to the workflow's queue, or posted over HTTP.
    /// </summary>
    /// <param name="event">The event.</param>
    /// <param name="id">The member of its contract that names the instance.</param>
    protected void Accepts<TMessage>(Expression<Func<Event<TMessage>>> @event, Expression<Func<TMessage, Guid>> id) where TMessage : class
    {
        var described = WorkflowEvent.For(id);
        Event(@event, correlation => correlation.CorrelateById(context => described.IdOf(context.Message)));
        _eventsFromOutside.Add((@event.Compile()(), described));
    }

    /// <summary>
    /// Notes that an event is accepted from instances that wait for a person in a state, and from no other suspended ones.
    /// </summary>
    internal void GoesOnFrom(Event @event, State state)
    {
        if (!_goOnFrom.TryAdd(@event, state) && _goOnFrom[@event] != state)
        {
            throw new ArgumentException(
                $"Workflow '{_type}' goes on from two states when {@event.Name} comes. Give each state an event of its own.");
        }
    }

    /// <summary>Whether the workflow itself suspended the instance in a state, so that its own event may end that.</summary>
    internal static bool WaitsIn(Bookkeeping engine, State state) =>
        engine.Suspension is { Activity: null, By: null } suspension && suspension.State == state.Name;

    internal Task GoOnAsync(BehaviorContext<TInstance> context, string after) => LeaveSuspensionAsync(context, after);

    /// <summary>The event is for instances that wait for something else.</summary>
    internal static void RejectWhileSuspended(BehaviorContext<TInstance> context)
    {
        var engine = context.Saga.Engine;
        Reject(context, Step.Of(context).Event, $"the instance is suspended for another reason: {engine.Suspension?.Cause}");
        engine.Caller = engine.CallerBefore;
    }

    IEnumerable<string> VerifyGoingOn(WorkflowGraph graph) =>
        from going in _goOnFrom
        where !graph.Asking.Contains(going.Value.Name)
        orderby going.Key.Name
        select $"Workflow '{_type}' goes on from the state '{going.Value.Name}' when {going.Key.Name} comes, but never suspends itself " +
            $"there. Add .Suspend(...) to During({going.Value.Name}, ...), or name the state that has it in GoOnFrom(...).";

    IReadOnlyList<WorkflowEvent> AcceptedEvents(string state, string data)
    {
        var accepted = _eventsFromOutside.Where(candidate => AcceptsIn(state, candidate.Event)).ToArray();
        if (state == Suspended.Name && accepted.Any(candidate => _goOnFrom.ContainsKey(candidate.Event)))
        {
            var engine = JsonSerializer.Deserialize<TInstance>(data, InstanceJson.Options)!.Engine;
            accepted = [.. accepted.Where(candidate => !_goOnFrom.TryGetValue(candidate.Event, out var from) || WaitsIn(engine, from))];
        }

        return [.. accepted.Select(candidate => candidate.Described).OrderBy(described => described.Contract.Name, StringComparer.Ordinal)];
    }
}
