using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

public abstract partial class WorkflowStateMachine<TInstance>
{
    /// <summary>A worker's refusal or failure.</summary>
    public Event<ActivityFailed> ActivityFailureReceived { get; } = null!;

    /// <summary>An attempt's time is up.</summary>
    public Event<ActivityTimedOut> ActivityTimeOutReceived { get; } = null!;

    /// <summary>The wait before an attempt is over.</summary>
    public Event<ActivityRetryDue> ActivityRetryReceived { get; } = null!;

    /// <summary>A state's deadline is over.</summary>
    public Event<DeadlineExpired> DeadlineReceived { get; } = null!;

    void HandleActivities()
    {
        FromQueue(() => ActivityFailureReceived, message => message.WorkflowId);
        FromQueue(() => ActivityTimeOutReceived, message => message.WorkflowId);
        FromQueue(() => ActivityRetryReceived, message => message.WorkflowId);
        FromQueue(() => DeadlineReceived, message => message.WorkflowId);
        DuringAny(
            When(ActivityFailureReceived).ThenAsync(OnFailureAsync),
            When(ActivityTimeOutReceived).ThenAsync(OnTimeOutAsync),
            When(ActivityRetryReceived).ThenAsync(OnRetryDueAsync),
            When(DeadlineReceived).ThenAsync(OnDeadlineAsync));
    }

    /// <summary>An event that is only ever sent to this workflow's queue: no exchange is bound for it.</summary>
    void FromQueue<TMessage>(System.Linq.Expressions.Expression<Func<Event<TMessage>>> @event, Func<TMessage, Guid> id) where TMessage : class
    {
        Event(@event, correlation =>
        {
            correlation.CorrelateById(context => id(context.Message));
            correlation.ConfigureConsumeTopology = false;
        });
        _own.Add(((System.Linq.Expressions.MemberExpression)@event.Body).Member.Name);
    }

    void HandleReply<TReply>() where TReply : class, IActivityReply
    {
        if (!_replies.Add(typeof(TReply)))
            return;

        var received = Event<TReply>($"{typeof(TReply).Name}Received", correlation =>
        {
            correlation.CorrelateById(context => context.Message.WorkflowId);
            correlation.ConfigureConsumeTopology = false;
        });
        _own.Add(received.Name);
        DuringAny(When(received).ThenAsync(OnReplyAsync));
    }

    /// <summary>A worker that throws until its retries are used up: MassTransit tells the one who sent the command.</summary>
    void HandleFault<TCommand>() where TCommand : class
    {
        if (!_faults.Add(typeof(TCommand)))
            return;

        var faulted = Event<Fault<TCommand>>($"{typeof(TCommand).Name}Faulted", correlation =>
        {
            correlation.CorrelateById(context =>
                (context.Message.Message as IActivityCommand)?.WorkflowId ?? context.InitiatorId ?? context.CorrelationId ?? Guid.Empty);
            correlation.ConfigureConsumeTopology = false;
        });
        _own.Add(faulted.Name);
        DuringAny(When(faulted).ThenAsync(OnFaultAsync));
    }

    async Task OnFaultAsync<TCommand>(BehaviorContext<TInstance, Fault<TCommand>> context) where TCommand : class
    {
        var key = (context.Message.Message as IActivityCommand)?.IdempotencyKey;
        var open = context.Saga.Engine.Activities.Find(candidate =>
            key is null ? _activities[candidate.Name].CommandType == typeof(TCommand) : candidate.IdempotencyKey == key);
        if (open is null or { Waiting: true } || context.Saga.Engine.Suspension is not null)
        {
            Reject(context, $"Fault<{typeof(TCommand).Name}>", "the attempt that failed is over");
            return;
        }

        // An exception may say anything; Postgres has no form for a NUL.
        var error = context.Message.Exceptions is [{ Message: { Length: > 0 } message }, ..] ? message.Replace('\0', ' ') : "the worker failed";
        await AttemptFailedAsync(context, _activities[open.Name], open, ActivityFailure.WorkerFault, error);
    }

    /// <summary>Sends an activity's command and waits for its reply.</summary>
    /// <param name="context">The step.</param>
    /// <param name="activity">What is to be done.</param>
    /// <param name="item">What for, when it is executed for several at once.</param>
    /// <param name="key">Names the effect when it was begun before; null to begin anew.</param>
    internal Task ExecuteAsync(BehaviorContext<TInstance> context, Activity<TInstance> activity, string? item = null, string? key = null) =>
        AttemptAsync(context, activity, Open(context.Saga, activity, item, key));

    static OpenActivity Open(TInstance instance, Activity<TInstance> activity, string? item = null, string? key = null)
    {
        var engine = instance.Engine;
        if (key is null)
        {
            var execution = engine.Executions.GetValueOrDefault(activity.Name) + 1;
            engine.Executions[activity.Name] = execution;
            key = IdempotencyKeys.For(instance.CorrelationId, activity.Name, execution);
        }

        if (activity.CompensatedBy is not null && !engine.ToUndo.Contains(activity.Name))
            engine.ToUndo.Add(activity.Name);

        var open = new OpenActivity
        {
            Name = activity.Name,
            Item = item,
            IdempotencyKey = key,
            State = instance.CurrentState,
        };
        engine.Activities.Add(open);
        return open;
    }

    async Task AttemptAsync(BehaviorContext<TInstance> context, Activity<TInstance> activity, OpenActivity open)
    {
        var step = Step.Of(context);
        open.Attempt++;
        open.Waiting = false;
        var command = await activity.CaptureAsync(context, open);
        step.Send(command, new CommandSent(
            activity.Name, activity.CommandType.Name, command.Row.Destination, open.IdempotencyKey, open.Attempt, command.Row.MessageId)
        {
            Item = open.Item,
        });

        open.Timer = NewId.NextGuid();
        var timeOut = new ActivityTimedOut { WorkflowId = step.WorkflowId, IdempotencyKey = open.IdempotencyKey, Attempt = open.Attempt };
        SetTimer(context, timeOut, open.Timer.Value, $"{open.Title} time-out", activity.Timeout);
    }

    async Task OnReplyAsync<TReply>(BehaviorContext<TInstance, TReply> context) where TReply : class, IActivityReply
    {
        var reply = context.Message;
        if (Find(context, reply.IdempotencyKey) is not { } open || _activities[open.Name].ReplyType != typeof(TReply))
        {
            Reject(context, typeof(TReply).Name, "no command with its idempotency key is open");
            return;
        }

        var activity = _activities[open.Name];
        var engine = context.Saga.Engine;
        var undoing = IsUndoing(engine, activity);
        if (engine.Suspension is not null || (!undoing && !AcceptsIn(context.Saga.CurrentState, activity.CompletedEvent)))
        {
            Reject(context, typeof(TReply).Name, $"{StateNames.ToScreen(context.Saga.CurrentState)} does not accept it");
            return;
        }

        var step = Step.Of(context);
        step.Record(new ReplyReceived(activity.Name, typeof(TReply).Name, open.IdempotencyKey, open.Attempt) { Item = open.Item });
        Close(step, engine, open);
        if (activity.CompensatedBy is not null && !activity.LeavesSomething(reply))
            engine.ToUndo.Remove(activity.Name);

        if (undoing)
            await UndoneAsync(context);
        else
            await activity.RaiseCompletedAsync(context, reply);
    }

    async Task OnFailureAsync(BehaviorContext<TInstance, ActivityFailed> context)
    {
        var failure = context.Message;
        if (Find(context, failure.IdempotencyKey) is not { } open)
        {
            Reject(context, nameof(ActivityFailed), "no command with its idempotency key is open");
            return;
        }

        var engine = context.Saga.Engine;
        if (engine.Suspension is not null || open.Waiting)
        {
            Reject(context, nameof(ActivityFailed), "the attempt that it answers is over");
            return;
        }

        var activity = _activities[open.Name];
        if (!failure.NonRetryable && !activity.Retry.NonRetryableErrors.Contains(failure.ErrorKind))
        {
            await AttemptFailedAsync(context, activity, open, failure.ErrorKind, failure.Message);
            return;
        }

        var step = Step.Of(context);
        step.Record(new AttemptFailed(activity.Name, open.Attempt, failure.ErrorKind, failure.Message) { Item = open.Item });
        Close(step, engine, open);
        engine.ToUndo.Remove(activity.Name);
        var why = Failure(open, failure.ErrorKind, failure.Message);
        if (!IsUndoing(engine, activity) && AcceptsIn(context.Saga.CurrentState, activity.Failed))
            await context.Raise(activity.Failed, why);
        else
            await SuspendAsync(context, $"{open.Title} was refused: {failure.Message}", why, refused: true);
    }

    async Task OnTimeOutAsync(BehaviorContext<TInstance, ActivityTimedOut> context)
    {
        if (Find(context, context.Message.IdempotencyKey) is not { Waiting: false } open
            || open.Attempt != context.Message.Attempt || context.Saga.Engine.Suspension is not null)
        {
            Reject(context, nameof(ActivityTimedOut), "the attempt is over");
            return;
        }

        var activity = _activities[open.Name];
        open.Timer = null;
        await AttemptFailedAsync(context, activity, open, ActivityFailure.Timeout, $"no answer within {activity.Timeout.TotalSeconds:0.###} s");
    }

    async Task OnRetryDueAsync(BehaviorContext<TInstance, ActivityRetryDue> context)
    {
        if (Find(context, context.Message.IdempotencyKey) is not { Waiting: true } open
            || open.Attempt + 1 != context.Message.Attempt || context.Saga.Engine.Suspension is not null)
        {
            Reject(context, nameof(ActivityRetryDue), "the activity no longer waits for it");
            return;
        }

        open.Timer = null;
        await AttemptAsync(context, _activities[open.Name], open);
        if (context.Saga.CurrentState != open.State)
            await context.TransitionToState(GetState(open.State));
    }

    /// <summary>One attempt failed: another one follows, or the activity is given up.</summary>
    async Task AttemptFailedAsync(BehaviorContext<TInstance> context, Activity<TInstance> activity, OpenActivity open, string kind, string error)
    {
        var step = Step.Of(context);
        var instance = context.Saga;
        open.LastError = error;
        step.Record(new AttemptFailed(activity.Name, open.Attempt, kind, error) { Item = open.Item });
        StopTimer(step, open);
        if (!activity.Retry.Allows(open.Attempt, kind))
        {
            instance.Engine.Activities.Remove(open);
            var why = Failure(open, kind, error);
            if (!IsUndoing(instance.Engine, activity) && AcceptsIn(instance.CurrentState, activity.Exhausted))
                await context.Raise(activity.Exhausted, why);
            else
                await SuspendAsync(context, $"{open.Title} failed {open.Attempt} times: {error}", why);
            return;
        }

        var delay = activity.Retry.DelayBefore(open.Attempt, step.Chance());
        step.Record(new RetryScheduled(activity.Name, open.Attempt, (long)delay.TotalMilliseconds, activity.Retry.ToString(), kind)
        {
            Item = open.Item,
        });
        open.Waiting = true;
        open.State = instance.CurrentState;
        open.Timer = NewId.NextGuid();
        var due = new ActivityRetryDue { WorkflowId = step.WorkflowId, IdempotencyKey = open.IdempotencyKey, Attempt = open.Attempt + 1 };
        SetTimer(context, due, open.Timer.Value, $"{open.Title} retry", delay);
        if (activity.RetriesFrom is { } state && state.Name != instance.CurrentState)
            await context.TransitionToState(state);
    }

    static OpenActivity? Find(BehaviorContext<TInstance> context, string idempotencyKey) =>
        context.Saga.Engine.Activities.Find(open => open.IdempotencyKey == idempotencyKey);

    static void Close(Step step, Bookkeeping engine, OpenActivity open)
    {
        StopTimer(step, open);
        engine.Activities.Remove(open);
    }

    static void StopTimer(Step step, OpenActivity open)
    {
        if (open.Timer is not { } token)
            return;
        step.CancelTimer(token, open.Waiting ? $"{open.Title} retry" : $"{open.Title} time-out");
        open.Timer = null;
    }
}
