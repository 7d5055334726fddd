using MassTransit;
using Resonance.Engine.Recovery;

namespace Resonance.Engine.Definitions;

/// <summary>Verbs with which a workflow puts itself right.</summary>
public static class RecoveryVerbs
{
    /// <summary>
    /// Does an activity anew after a wait, for what may put itself right meanwhile. The instance stays where it is until the wait is over
    /// and then goes to the state that waits for the reply. The wait is the policy's, its jitter included.
    /// </summary>
    /// <param name="binder">Where.</param>
    /// <param name="activity">What is done anew, under a new idempotency key.</param>
    /// <param name="policy">How long to wait.</param>
    /// <param name="recovery">1 for the first recovery.</param>
    /// <param name="returnsTo">The state that handles the activity's reply.</param>
    public static EventActivityBinder<TInstance, TMessage> Recover<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, Activity<TInstance> activity, RetryPolicy policy,
        Func<BehaviorContext<TInstance, TMessage>, int> recovery, State returnsTo)
        where TInstance : WorkflowInstance, new() where TMessage : class =>
        binder.Add(new RecoverStep<TInstance, TMessage>(activity, policy.Validated(), recovery, returnsTo));
}

sealed class RecoverStep<TInstance, TMessage>(
    Activity<TInstance> activity, RetryPolicy policy, Func<BehaviorContext<TInstance, TMessage>, int> recovery, State returnsTo)
    : IStateMachineActivity<TInstance, TMessage>, ILeadsTo
    where TInstance : WorkflowInstance, new()
    where TMessage : class
{
    public State To => returnsTo;

    public string? Later => $"{activity.Name}.Recovery";

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public async Task Execute(BehaviorContext<TInstance, TMessage> context, IBehavior<TInstance, TMessage> next)
    {
        WorkflowBinderExtensions.Machine(context).Recover(context, activity, policy, recovery(context), returnsTo);
        await next.Execute(context);
    }

    public Task Faulted<TException>(
        BehaviorExceptionContext<TInstance, TMessage, TException> context, IBehavior<TInstance, TMessage> next)
        where TException : Exception =>
        next.Faulted(context);

    public void Probe(ProbeContext context) => context.CreateScope("recover");
}
