using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

public abstract partial class WorkflowStateMachine<TInstance>
{
    /// <summary>An operator wants what failed to be tried again.</summary>
    public Event<RetryWorkflow> RetryRequested { get; } = null!;

    /// <summary>An operator gives the instance up.</summary>
    public Event<CancelWorkflow> CancelRequested { get; } = null!;

    /// <summary>An operator holds the instance.</summary>
    public Event<SuspendWorkflow> SuspendRequested { get; } = null!;

    /// <summary>An operator lets the instance go on.</summary>
    public Event<ResumeWorkflow> ResumeRequested { get; } = null!;

    /// <summary>An operator wants what the instance did to be undone.</summary>
    public Event<CompensateWorkflow> CompensateRequested { get; } = null!;

    /// <summary>An operator answers in place of a worker.</summary>
    public Event<SkipActivity> SkipRequested { get; } = null!;

    /// <summary>An operator did by hand what was left to do.</summary>
    public Event<ResolveWorkflow> ResolveRequested { get; } = null!;

    void HandleOperators()
    {
        FromQueue(() => RetryRequested, message => message.WorkflowId);
        FromQueue(() => CancelRequested, message => message.WorkflowId);
        FromQueue(() => SuspendRequested, message => message.WorkflowId);
        FromQueue(() => ResumeRequested, message => message.WorkflowId);
        FromQueue(() => CompensateRequested, message => message.WorkflowId);
        FromQueue(() => SkipRequested, message => message.WorkflowId);
        FromQueue(() => ResolveRequested, message => message.WorkflowId);
        DuringAny(
            When(RetryRequested).ThenAsync(context => ActAsync(context, RetryAsync)),
            When(CancelRequested).ThenAsync(context => ActAsync(context, CancelAsync)),
            When(SuspendRequested).ThenAsync(context => ActAsync(context, HoldAsync)),
            When(ResumeRequested).ThenAsync(context => ActAsync(context, ResumeAsync)),
            When(CompensateRequested).ThenAsync(context => ActAsync(context, UndoAsync)),
            When(SkipRequested).ThenAsync(context => ActAsync(context, SkipAsync)),
            When(ResolveRequested).ThenAsync(context => ActAsync(context, ResolveAsync)));
    }

    async Task ActAsync<TCommand>(BehaviorContext<TInstance, TCommand> context, Func<BehaviorContext<TInstance>, OperatorRequest, Task> act)
        where TCommand : class, IOperatorCommand
    {
        var instance = context.Saga;
        var request = OperatorRequest.Of(context.Message);
        var allowed = Allowed(instance);
        if (!allowed.Contains(request.Action))
        {
            Reject(context, typeof(TCommand).Name, allowed.Count == 0
                ? $"{StateNames.ToScreen(instance.CurrentState)} allows no action"
                : $"{StateNames.ToScreen(instance.CurrentState)} allows only {string.Join(", ", allowed)}");
            return;
        }

        if (Problems(instance, request) is { Count: > 0 } problems)
        {
            Reject(context, typeof(TCommand).Name, string.Join(' ', problems.SelectMany(problem => problem.Value)));
            return;
        }

        Step.Of(context).Record(new OperatorAction(request.Action, request.Operator, request.Reason)
        {
            Data = request.Data,
            Reply = request.Reply,
            State = request.Action == OperatorActions.Resolve ? EndNamed(request.State) : null,
        });
        await act(context, request);
    }

    async Task RetryAsync(BehaviorContext<TInstance> context, OperatorRequest request)
    {
        if (request.Data is { } changes)
            InstanceEdit.Apply(context.Saga, changes);
        var suspension = await LeaveSuspensionAsync(context, OperatorActions.Retry);
        var others = context.Saga.Engine.Activities.ToArray();

        // A refused command did nothing and would be refused again under its old key, and so would one that says something else under it;
        // one without an answer may have done its work.
        var anew = suspension.Refused || request.Data is not null;
        await ExecuteAsync(
            context, _activities[suspension.Activity!], suspension.Item, anew ? null : KeyOf(context.Saga, suspension));
        await SendAgainAsync(context, others);
    }

    async Task ResumeAsync(BehaviorContext<TInstance> context, OperatorRequest request)
    {
        var suspension = await LeaveSuspensionAsync(context, OperatorActions.Resume);
        if (suspension.By is null)
            await context.Raise(Resumed);
        else
            await SendAgainAsync(context, [.. context.Saga.Engine.Activities]);
    }

    /// <summary>Sends the commands again that were out when the instance was suspended: an answer that came meanwhile was rejected.</summary>
    async Task SendAgainAsync(BehaviorContext<TInstance> context, IEnumerable<OpenActivity> activities)
    {
        foreach (var open in activities)
        {
            var waited = open.Waiting;
            await AttemptAsync(context, _activities[open.Name], open);
            if (waited && context.Saga.CurrentState != open.State)
                await context.TransitionToState(GetState(open.State));
        }
    }

    Task HoldAsync(BehaviorContext<TInstance> context, OperatorRequest request) =>
        SuspendAsync(context, $"held by {request.Operator}: {request.Reason}", by: request.Operator);

    Task CancelAsync(BehaviorContext<TInstance> context, OperatorRequest request)
    {
        var engine = context.Saga.Engine;
        var reason = $"cancelled by {request.Operator}: {request.Reason}";
        if (engine.Undoing is null)
            return CompensateAsync(context, reason);

        // What could not be undone was put right by hand; the operator answers for it.
        engine.Undoing = null;
        engine.Suspension = null;
        engine.ToUndo.Clear();
        engine.Reason = reason;
        return context.TransitionToState(Cancelled);
    }

    Task UndoAsync(BehaviorContext<TInstance> context, OperatorRequest request) =>
        CompensateAsync(context, $"compensated by {request.Operator}: {request.Reason}");

    async Task<Suspension> LeaveSuspensionAsync(BehaviorContext<TInstance> context, string how)
    {
        var engine = context.Saga.Engine;
        var suspension = engine.Suspension!;
        engine.Suspension = null;
        Step.Of(context).Record(new Recovered(how));
        await context.TransitionToState(GetState(suspension.State));
        return suspension;
    }

    /// <summary>Has the instance wait for a person.</summary>
    internal Task SuspendAsync(
        BehaviorContext<TInstance> context, string cause, ActivityFailure? failure = null, bool refused = false, string? by = null,
        string kind = IncidentKinds.Decision)
    {
        var step = Step.Of(context);
        var engine = context.Saga.Engine;
        kind = failure?.ErrorKind ?? (by is null ? kind : IncidentKinds.Held);
        engine.Suspension = new Suspension
        {
            Cause = cause,
            State = context.Saga.CurrentState,
            Activity = failure?.Activity,
            ErrorKind = kind,
            Item = failure?.Item,
            IdempotencyKey = failure?.IdempotencyKey,
            Attempts = failure?.Attempts ?? 0,
            Refused = refused,
            By = by,
            Since = step.Now,
        };
        step.Record(new Suspended(cause, failure?.Activity, failure?.Attempts ?? 0) { ErrorKind = kind });
        foreach (var open in engine.Activities)
            StopTimer(step, open);
        return context.TransitionToState(Suspended);
    }

    /// <summary>What an operator may ask of an instance as it stands.</summary>
    IReadOnlyList<string> Allowed(TInstance instance)
    {
        var engine = instance.Engine;
        if (engine.Suspension is not { } suspension)
        {
            return engine.Status switch
            {
                WorkflowStatus.Running => Where((OperatorActions.Suspend, true), (OperatorActions.Skip, Skipped(instance) is not null),
                    (OperatorActions.Cancel, true), (OperatorActions.Compensate, engine.ToUndo.Count > 0)),
                WorkflowStatus.Queued => [OperatorActions.Cancel],
                WorkflowStatus.Completed => Where((OperatorActions.Compensate, engine.ToUndo.Count > 0)),
                _ => [],
            };
        }

        var failed = suspension.Activity is not null;
        var undoing = engine.Undoing is not null;
        return Where(
            (OperatorActions.Retry, failed),
            (OperatorActions.Resume, !failed && (suspension.By is not null || AcceptsIn(suspension.State, Resumed))),
            (OperatorActions.Skip, Skipped(instance) is not null),
            (OperatorActions.Resolve, !undoing),
            (OperatorActions.Cancel, true),
            (OperatorActions.Compensate, !undoing && engine.ToUndo.Count > 0));

        static IReadOnlyList<string> Where(params ReadOnlySpan<(string Action, bool Allowed)> actions)
        {
            var allowed = new List<string>(actions.Length);
            foreach (var (action, isAllowed) in actions)
            {
                if (isAllowed)
                    allowed.Add(action);
            }

            return allowed;
        }
    }
}
