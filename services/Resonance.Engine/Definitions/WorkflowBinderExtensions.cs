using MassTransit;
using Resonance.Engine.Journal;
using Resonance.Engine.Rules;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

/// <summary>The verbs that Resonance adds to MassTransit's.</summary>
public static class WorkflowBinderExtensions
{
    /// <summary>Sends an activity's command; its reply comes as <see cref="Activity{TInstance,TCommand,TReply}.Completed"/>.</summary>
    public static EventActivityBinder<TInstance, TMessage> Execute<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, Activity<TInstance> activity)
        where TInstance : WorkflowInstance, new() where TMessage : class =>
        binder.ThenAsync(context => Machine(context).ExecuteAsync(context, activity));

    /// <inheritdoc cref="Execute{TInstance,TMessage}"/>
    public static EventActivityBinder<TInstance> Execute<TInstance>(
        this EventActivityBinder<TInstance> binder, Activity<TInstance> activity) where TInstance : WorkflowInstance, new() =>
        binder.ThenAsync(context => Machine(context).ExecuteAsync(context, activity));

    /// <summary>Decides by a rule; the verdict and the values that it saw are journaled.</summary>
    /// <param name="binder">Where.</param>
    /// <param name="rule">By which rule.</param>
    /// <param name="facts">Reads the facts from the instance and the message.</param>
    /// <param name="pass">What happens when it passes.</param>
    /// <param name="fail">What happens when it fails.</param>
    public static EventActivityBinder<TInstance, TMessage> Evaluate<TInstance, TMessage, TFacts>(
        this EventActivityBinder<TInstance, TMessage> binder, Rule<TFacts> rule, Func<BehaviorContext<TInstance, TMessage>, TFacts> facts,
        Func<EventActivityBinder<TInstance, TMessage>, EventActivityBinder<TInstance, TMessage>> pass,
        Func<EventActivityBinder<TInstance, TMessage>, EventActivityBinder<TInstance, TMessage>> fail)
        where TInstance : WorkflowInstance, new() where TMessage : class where TFacts : class
    {
        ((WorkflowStateMachine<TInstance>)binder.StateMachine).Uses(rule);
        return binder.IfElse(context => Passes(context, rule, facts(context)), pass, fail);
    }

    /// <summary>Why a rule failed in this step: what the fail means, and the part of the rule that decided.</summary>
    /// <exception cref="InvalidOperationException">The rule was not evaluated in this step, or it passed.</exception>
    public static string WhyNot<TInstance>(this BehaviorContext<TInstance> context, Rule rule) where TInstance : WorkflowInstance =>
        Step.Of(context).Entries.OfType<RuleEvaluated>().LastOrDefault(entry => entry.Rule == rule.Name)?.Reason
        ?? throw new InvalidOperationException($"The rule '{rule.Name}' did not fail in this step.");

    /// <summary>Gives up: everything that was done is undone in reverse order.</summary>
    public static EventActivityBinder<TInstance, TMessage> Compensate<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, Func<BehaviorContext<TInstance, TMessage>, string> reason)
        where TInstance : WorkflowInstance, new() where TMessage : class =>
        binder.Add(new CompensateStep<TInstance, TMessage>(reason));

    /// <inheritdoc cref="Compensate{TInstance,TMessage}(EventActivityBinder{TInstance,TMessage},Func{BehaviorContext{TInstance,TMessage},string})"/>
    public static EventActivityBinder<TInstance, TMessage> Compensate<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, string reason)
        where TInstance : WorkflowInstance, new() where TMessage : class =>
        binder.Compensate(_ => reason);

    /// <summary>
    /// Has the instance wait for a person. When the person says yes, the instance returns to the state that it was in and
    /// <see cref="WorkflowStateMachine{TInstance}.Resumed"/> is raised there.
    /// </summary>
    public static EventActivityBinder<TInstance, TMessage> Suspend<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, Func<BehaviorContext<TInstance, TMessage>, string> cause)
        where TInstance : WorkflowInstance, new() where TMessage : class =>
        binder.Add(new SuspendStep<TInstance, TMessage>(cause));

    /// <inheritdoc cref="Suspend{TInstance,TMessage}(EventActivityBinder{TInstance,TMessage},Func{BehaviorContext{TInstance,TMessage},string})"/>
    public static EventActivityBinder<TInstance, TMessage> Suspend<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, string cause)
        where TInstance : WorkflowInstance, new() where TMessage : class =>
        binder.Suspend(_ => cause);

    /// <summary>Notes why the instance failed, for people; use it on the way to a failed end.</summary>
    public static EventActivityBinder<TInstance, TMessage> Because<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, Func<BehaviorContext<TInstance, TMessage>, string> reason)
        where TInstance : WorkflowInstance where TMessage : class =>
        binder.Then(context => context.Saga.Engine.Reason = reason(context));

    static bool Passes<TInstance, TFacts>(BehaviorContext<TInstance> context, Rule<TFacts> rule, TFacts facts)
        where TInstance : WorkflowInstance where TFacts : class
    {
        var verdict = rule.Evaluate(facts);
        Step.Of(context).Record(verdict.ToEntry());
        return verdict.Passed;
    }

    internal static WorkflowStateMachine<TInstance> Machine<TInstance>(BehaviorContext<TInstance> context)
        where TInstance : WorkflowInstance, new() =>
        (WorkflowStateMachine<TInstance>)context.StateMachine;
}

/// <summary>A verb that the graph can see: where it may lead does not show in MassTransit's own transitions.</summary>
interface ILeadsElsewhere
{
    bool Suspends { get; }
}

sealed class CompensateStep<TInstance, TMessage>(Func<BehaviorContext<TInstance, TMessage>, string> reason)
    : IStateMachineActivity<TInstance, TMessage>, ILeadsElsewhere
    where TInstance : WorkflowInstance, new()
    where TMessage : class
{
    public bool Suspends => false;

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public async Task Execute(BehaviorContext<TInstance, TMessage> context, IBehavior<TInstance, TMessage> next)
    {
        await WorkflowBinderExtensions.Machine(context).CompensateAsync(context, reason(context));
        await next.Execute(context);
    }

    public Task Faulted<TException>(
        BehaviorExceptionContext<TInstance, TMessage, TException> context, IBehavior<TInstance, TMessage> next) where TException : Exception =>
        next.Faulted(context);

    public void Probe(ProbeContext context) => context.CreateScope("compensate");
}

sealed class SuspendStep<TInstance, TMessage>(Func<BehaviorContext<TInstance, TMessage>, string> cause)
    : IStateMachineActivity<TInstance, TMessage>, ILeadsElsewhere
    where TInstance : WorkflowInstance, new()
    where TMessage : class
{
    public bool Suspends => true;

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public async Task Execute(BehaviorContext<TInstance, TMessage> context, IBehavior<TInstance, TMessage> next)
    {
        await WorkflowBinderExtensions.Machine(context).SuspendAsync(context, cause(context));
        await next.Execute(context);
    }

    public Task Faulted<TException>(
        BehaviorExceptionContext<TInstance, TMessage, TException> context, IBehavior<TInstance, TMessage> next) where TException : Exception =>
        next.Faulted(context);

    public void Probe(ProbeContext context) => context.CreateScope("suspend");
}
