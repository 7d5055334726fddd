using MassTransit;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

public abstract partial class WorkflowStateMachine<TInstance>
{
    /// <summary>Gives up: what was done is undone in reverse order, one activity after the other.</summary>
    internal Task CompensateAsync(BehaviorContext<TInstance> context, string reason)
    {
        var step = Step.Of(context);
        var engine = context.Saga.Engine;
        engine.Suspension = null;
        engine.Reason = reason;
        engine.Undoing = new Undoing { Reason = reason };

        // A reply that is still under way finds its command closed; what it may have done is on the list to undo.
        foreach (var open in engine.Activities.ToArray())
            Close(step, engine, open);
        return UndoNextAsync(context);
    }

    async Task UndoNextAsync(BehaviorContext<TInstance> context)
    {
        var engine = context.Saga.Engine;
        var undoing = engine.Undoing!;
        if (engine.ToUndo is not [.., var last])
        {
            engine.Undoing = null;
            await context.TransitionToState(undoing.Any ? CompensatedState : Cancelled);
            return;
        }

        undoing.Activity = last;
        Step.Of(context).Record(new CompensationStarted(last, undoing.Reason));
        if (context.Saga.CurrentState != CompensatingState.Name)
            await context.TransitionToState(CompensatingState);
        await ExecuteAsync(context, _activities[last].CompensatedBy!);
    }

    Task UndoneAsync(BehaviorContext<TInstance> context)
    {
        var engine = context.Saga.Engine;
        var undoing = engine.Undoing!;
        Step.Of(context).Record(new Compensated(undoing.Activity!));
        engine.ToUndo.Remove(undoing.Activity!);
        undoing.Any = true;
        undoing.Activity = null;
        return UndoNextAsync(context);
    }

    bool IsUndoing(Bookkeeping engine, Activity<TInstance> activity) =>
        engine.Undoing?.Activity is { } undone && _activities[undone].CompensatedBy == activity;
}
