using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Journal;
using Resonance.Engine.Recovery;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

public abstract partial class WorkflowStateMachine<TInstance>
{
    /// <summary>Opens an activity whose first attempt is made after a wait.</summary>
    /// <remarks>
    /// To the engine it is an activity between two attempts, so that whoever holds, resumes or explains it need not know more.
    /// </remarks>
    internal void Recover(
        BehaviorContext<TInstance> context, Activity<TInstance> activity, RetryPolicy policy, int recovery, State returnsTo)
    {
        var step = Step.Of(context);
        var open = Open(context.Saga, activity);
        open.State = returnsTo.Name;
        open.Waiting = true;
        open.Timer = NewId.NextGuid();

        var delay = policy.DelayBefore(recovery, step.Chance());
        step.Record(new RecoveryTriggered(activity.Name, recovery, (long)delay.TotalMilliseconds, policy.ToString()));
        var due = new ActivityRetryDue { WorkflowId = step.WorkflowId, IdempotencyKey = open.IdempotencyKey, Attempt = open.Attempt + 1 };
        SetTimer(context, due, open.Timer.Value, $"{activity.Name} retry", delay);
    }
}
