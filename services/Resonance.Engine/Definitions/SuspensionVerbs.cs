using MassTransit;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

/// <summary>Verbs with which an event of the workflow's own ends the wait for a person.</summary>
public static class SuspensionVerbs
{
    /// <summary>
    /// Has a suspended instance go on in the state in which the workflow suspended it. An instance that is suspended for another reason, an
    /// activity that failed or an operator who holds it, rejects the event. Use it in <c>During(Suspended, ...)</c>.
    /// </summary>
    /// <param name="binder">Where.</param>
    /// <param name="state">The state that suspends the instance with <c>.Suspend(...)</c>.</param>
    /// <param name="after">What ended the wait, for the journal, e.g. <c>resolution</c>.</param>
    /// <param name="then">What happens next, in that state.</param>
    public static EventActivityBinder<TInstance, TMessage> GoOnFrom<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, State state, string after,
        Func<EventActivityBinder<TInstance, TMessage>, EventActivityBinder<TInstance, TMessage>> then)
        where TInstance : WorkflowInstance, new() where TMessage : class
    {
        ((WorkflowStateMachine<TInstance>)binder.StateMachine).GoesOnFrom(binder.Event, state);
        return binder.IfElse(
            context => WorkflowStateMachine<TInstance>.WaitsIn(context.Saga.Engine, state),
            goOn => then(goOn.Add(new GoOnStep<TInstance, TMessage>(state, after))),
            stay => stay.Then(WorkflowStateMachine<TInstance>.RejectWhileSuspended));
    }

    /// <summary>Journals what a person asked for by an event of the workflow's own.</summary>
    /// <param name="binder">Where.</param>
    /// <param name="action">A verb, e.g. <c>resolve</c>.</param>
    /// <param name="who">Who asked.</param>
    /// <param name="why">Why.</param>
    public static EventActivityBinder<TInstance, TMessage> Acted<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, string action, Func<TMessage, string> who, Func<TMessage, string> why)
        where TInstance : WorkflowInstance where TMessage : class =>
        binder.Then(context => Step.Of(context).Record(new OperatorAction(action, who(context.Message), why(context.Message))));
}

/// <summary>A verb that leads to a state without MassTransit's own transition.</summary>
interface ILeadsTo
{
    State To { get; }

    /// <summary>The event that leads there, when it comes later; null when the instance is there at once.</summary>
    string? Later { get; }
}

sealed class GoOnStep<TInstance, TMessage>(State state, string after) : IStateMachineActivity<TInstance, TMessage>, ILeadsTo
    where TInstance : WorkflowInstance, new()
    where TMessage : class
{
    public State To => state;

    public string? Later => null;

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public async Task Execute(BehaviorContext<TInstance, TMessage> context, IBehavior<TInstance, TMessage> next)
    {
        await WorkflowBinderExtensions.Machine(context).GoOnAsync(context, after);
        await next.Execute(context);
    }

    public Task Faulted<TException>(
        BehaviorExceptionContext<TInstance, TMessage, TException> context, IBehavior<TInstance, TMessage> next)
        where TException : Exception =>
        next.Faulted(context);

    public void Probe(ProbeContext context) => context.CreateScope("goOn");
}
