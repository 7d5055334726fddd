using MassTransit;

namespace Resonance.Engine.Definitions;

public abstract partial class WorkflowStateMachine<TInstance>
{
    /// <inheritdoc />
    public IReadOnlyList<string> Verify()
    {
        if (_start is null)
            return [$"Workflow '{_type}' has no start. Declare the contract that starts it with StartsWith(...)."];

        var graph = WorkflowGraph.Of(this);
        return
        [
            .. VerifyStart(), .. VerifyStates(graph), .. VerifyActivities(), .. VerifyFanOuts(), .. VerifyDecisions(graph),
            .. VerifyGoingOn(graph), .. VerifyRules(),
        ];
    }

    IEnumerable<string> VerifyStart()
    {
        if (!NextEvents(Initial).Any())
            yield return $"Workflow '{_type}' never begins. Say in Initially(...) what happens when {_start!.Contract.Name} arrives.";
        if (_ends.Keys.All(state => state == Cancelled.Name))
            yield return $"Workflow '{_type}' never ends well. Name the state in which it is done with Ends(...).";
    }

    IEnumerable<string> VerifyStates(WorkflowGraph graph)
    {
        var reachable = Reachable(graph);
        foreach (var state in States.Where(state => state != Initial && state != Final && !IsOwn(state)).OrderBy(state => state.Name))
        {
            if (!reachable.Contains(state.Name))
            {
                yield return $"Workflow '{_type}' never comes into the state '{state.Name}'. Lead to it with TransitionTo({state.Name}), or remove it.";
                continue;
            }

            if (IsEnd(state))
                continue;

            if (graph.Edges.All(edge => edge.From != state.Name))
            {
                yield return $"Workflow '{_type}' never leaves the state '{state.Name}'. Handle an event in During({state.Name}, ...) that leads on, " +
                    $"or say that the workflow ends there with Ends({state.Name}, ...).";
            }
            else if (graph.Resting.Contains(state.Name) && !IsBounded(state) && !graph.Recovering.Contains(state.Name))
            {
                yield return $"Workflow '{_type}' may wait in the state '{state.Name}' for ever. Add Deadline({state.Name}, ...), or say that this is " +
                    $"right with Unbounded({state.Name}, \"because ...\").";
            }
        }
    }

    IEnumerable<string> VerifyActivities()
    {
        var compensations = Activities.Select(activity => activity.CompensatedBy).OfType<Activity<TInstance>>().ToHashSet();
        foreach (var activity in Activities)
        {
            var isCompensation = compensations.Contains(activity);
            if (!isCompensation && activity.CompensatedBy is null && activity.NoCompensation is null)
            {
                yield return $"Workflow '{_type}' does not say how '{activity.Name}' is undone. Name its compensation with CompensateWith(...), or say " +
                    "why there is none with NeedsNoCompensation(\"because ...\").";
            }

            if (!isCompensation && States.All(state => !AcceptsIn(state.Name, activity.CompletedEvent)))
            {
                yield return $"Workflow '{_type}' handles the reply to '{activity.Name}' in no state. Add When({activity.Name}.Completed) to the state " +
                    "that waits for it.";
            }
        }
    }

    IEnumerable<string> VerifyDecisions(WorkflowGraph graph) => graph.Asking
        .Where(state => !AcceptsIn(state, Resumed)).Order(StringComparer.Ordinal)
        .Select(state => $"Workflow '{_type}' suspends itself in the state '{state}' but does not say how it goes on when a person says yes. " +
            $"Handle When(Resumed) in During({state}, ...).");

    IEnumerable<string> VerifyRules() =>
        from rule in _rules.Values.OrderBy(rule => rule.Name, StringComparer.Ordinal)
        from error in rule.Check(rule.Default.Expression)
        select $"Rule '{rule.Name}' of workflow '{_type}' cannot be read. {error}";

    HashSet<string> Reachable(WorkflowGraph graph)
    {
        var reachable = new HashSet<string> { Initial.Name, Suspended.Name, Cancelled.Name };
        if (Activities.Any(activity => activity.CompensatedBy is not null))
            reachable.UnionWith([CompensatingState.Name, CompensatedState.Name]);
        while (graph.Edges.Where(edge => reachable.Contains(edge.From) && reachable.Add(edge.To)).ToList().Count > 0)
        {
        }

        return reachable;
    }

    /// <summary>A state that waits for a worker is bounded by the time-out; one that waits for the next attempt by the wait.</summary>
    bool IsBounded(State state) =>
        DeadlineOf(state) is not null || IsUnbounded(state)
        || Activities.Any(activity => AcceptsIn(state.Name, activity.CompletedEvent) || activity.RetriesFrom == state);

    bool IsOwn(State state) => state == Suspended || (state == Queued && _admission is null) || state == Compensating || state == Cancelled || state == CompensatingState;
}
