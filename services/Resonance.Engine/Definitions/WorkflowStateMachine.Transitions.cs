using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

public abstract partial class WorkflowStateMachine<TInstance>
{
    /// <summary>Follows every transition: journal, status, deadline, and at an end the caller's answer.</summary>
    sealed class Transitions(WorkflowStateMachine<TInstance> machine) : IStateObserver<TInstance>
    {
        public Task StateChanged(BehaviorContext<TInstance> context, State currentState, State? previousState) =>
            previousState is null ? Task.CompletedTask : machine.EnteredAsync(context, currentState, previousState);
    }

    async Task EnteredAsync(BehaviorContext<TInstance> context, State current, State previous)
    {
        var step = Step.Of(context);
        var engine = context.Saga.Engine;
        step.Record(new StateChanged(previous.Name, current.Name)
        {
            StayedMs = engine.EnteredAt is { } entered ? Math.Max(0, (long)(step.Now - entered).TotalMilliseconds) : null,
        });
        engine.EnteredAt = step.Now;
        engine.Status = StatusIn(current.Name);

        if (engine.Deadline is { } running)
        {
            step.CancelTimer(running, $"{previous.Name} deadline");
            engine.Deadline = null;
        }

        SetDeadline(context, current.Name);
        if (!WorkflowStatus.IsEnd(engine.Status))
            return;

        foreach (var open in engine.Activities.ToArray())
            Close(step, engine, open);
        step.Record(new Finished(engine.Status, (long)(step.Now - context.Saga.StartedAt).TotalMilliseconds));
        await AnswerCallerAsync(context, current.Name);
    }

    void SetDeadline(BehaviorContext<TInstance> context, string state)
    {
        if (!_deadlines.TryGetValue(state, out var after))
            return;

        var token = NewId.NextGuid();
        context.Saga.Engine.Deadline = token;
        SetTimer(
            context, new DeadlineExpired { WorkflowId = context.Saga.CorrelationId, State = state, Token = token }, token,
            $"{state} deadline", after);
    }

    async Task OnDeadlineAsync(BehaviorContext<TInstance, DeadlineExpired> context)
    {
        var instance = context.Saga;
        if (instance.Engine.Deadline != context.Message.Token || instance.CurrentState != context.Message.State)
        {
            Reject(context, nameof(DeadlineExpired), "the state was left before");
            return;
        }

        instance.Engine.Deadline = null;
        if (AcceptsIn(instance.CurrentState, DeadlineReached))
            await context.Raise(DeadlineReached, context.Message);
        else
            await SuspendAsync(context, $"{StateNames.ToScreen(instance.CurrentState)} was not left within {_deadlines[instance.CurrentState]}", kind: IncidentKinds.Deadline);
    }

    /// <summary>What an unhandled event comes to: it is recorded, and nothing else happens.</summary>
    async Task RejectAsync(UnhandledEventContext<TInstance> context)
    {
        var engine = context.Saga.Engine;
        Reject(context, Step.Of(context).Event, $"{StateNames.ToScreen(context.CurrentState.Name)} does not accept it");

        // A caller that asks again gets the answer again: its first one may be what the caller never received.
        if (CallerHeaders.Read(context) is not null && WorkflowStatus.IsEnd(engine.Status))
            await AnswerCallerAsync(context, context.CurrentState.Name);
        engine.Caller = engine.CallerBefore;
    }

    static void Reject(BehaviorContext<TInstance> context, string @event, string reason) =>
        Step.Of(context).Record(new EventRejected(@event, context.Saga.CurrentState, reason));

    async Task AnswerCallerAsync(BehaviorContext<TInstance> context, string state)
    {
        var instance = context.Saga;
        if (instance.Engine.Caller is not { } caller)
            return;

        var step = Step.Of(context);
        var endpoint = await context.GetSendEndpoint(new Uri(caller.Address));
        var answer = new ChildWorkflowFinished
        {
            WorkflowId = caller.WorkflowId,
            IdempotencyKey = caller.IdempotencyKey,
            ChildId = instance.CorrelationId,
            ChildType = _type,
            ChildKey = instance.Key,
            State = state,
            Status = instance.Engine.Status,
            Reason = instance.Engine.Reason,
        };
        var message = await OutgoingMessage.CaptureAsync(
            endpoint, answer, Pipe.Execute<SendContext<ChildWorkflowFinished>>(send => send.CorrelationId = caller.WorkflowId), step.WorkflowId, default);
        step.Send(message, new EventPublished(nameof(ChildWorkflowFinished), message.Row.Destination, message.Row.MessageId));
    }

    static void SetTimer<TMessage>(BehaviorContext<TInstance> context, TMessage message, Guid token, string name, TimeSpan delay)
        where TMessage : class
    {
        var step = Step.Of(context);
        step.SetTimer(OutgoingMessage.ForTimer(context, step.InputAddress, message, step.WorkflowId, token), token, name, delay);
    }
}
