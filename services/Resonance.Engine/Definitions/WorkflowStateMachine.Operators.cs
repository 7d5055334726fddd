using System.Text.Json;
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

    void HandleOperators()
    {
        FromQueue(() => RetryRequested, message => message.WorkflowId);
        FromQueue(() => CancelRequested, message => message.WorkflowId);
        FromQueue(() => SuspendRequested, message => message.WorkflowId);
        FromQueue(() => ResumeRequested, message => message.WorkflowId);
        FromQueue(() => CompensateRequested, message => message.WorkflowId);
        DuringAny(
            When(RetryRequested).ThenAsync(context => ActAsync(context, OperatorActions.Retry, RetryAsync)),
            When(CancelRequested).ThenAsync(context => ActAsync(context, OperatorActions.Cancel, CancelAsync)),
            When(SuspendRequested).ThenAsync(context => ActAsync(context, OperatorActions.Suspend, HoldAsync)),
            When(ResumeRequested).ThenAsync(context => ActAsync(context, OperatorActions.Resume, ResumeAsync)),
            When(CompensateRequested).ThenAsync(context => ActAsync(context, OperatorActions.Compensate, UndoAsync)));
    }

    async Task ActAsync<TCommand>(
        BehaviorContext<TInstance, TCommand> context, string action, Func<BehaviorContext<TInstance>, IOperatorCommand, Task> act)
        where TCommand : class, IOperatorCommand
    {
        var instance = context.Saga;
        var allowed = Allowed(instance.CurrentState, instance.Engine);
        if (!allowed.Contains(action))
        {
            Reject(context, typeof(TCommand).Name, allowed.Count == 0
                ? $"{StateNames.ToScreen(instance.CurrentState)} allows no action"
                : $"{StateNames.ToScreen(instance.CurrentState)} allows only {string.Join(", ", allowed)}");
            return;
        }

        Step.Of(context).Record(new OperatorAction(action, context.Message.Operator, context.Message.Reason));
        await act(context, context.Message);
    }

    async Task RetryAsync(BehaviorContext<TInstance> context, IOperatorCommand command)
    {
        var suspension = await LeaveSuspensionAsync(context, OperatorActions.Retry);

        // A refused command did nothing and would be refused again under its old key; one without an answer may have done its work.
        await ExecuteAsync(context, _activities[suspension.Activity!], anew: suspension.Refused);
    }

    async Task ResumeAsync(BehaviorContext<TInstance> context, IOperatorCommand command)
    {
        var suspension = await LeaveSuspensionAsync(context, OperatorActions.Resume);
        if (suspension.By is null)
        {
            await context.Raise(Resumed);
            return;
        }

        foreach (var open in context.Saga.Engine.Activities.ToArray())
        {
            await AttemptAsync(context, _activities[open.Name], open);
            if (context.Saga.CurrentState != open.State)
                await context.TransitionToState(GetState(open.State));
        }
    }

    Task HoldAsync(BehaviorContext<TInstance> context, IOperatorCommand command) =>
        SuspendAsync(context, $"held by {command.Operator}: {command.Reason}", by: command.Operator);

    Task CancelAsync(BehaviorContext<TInstance> context, IOperatorCommand command)
    {
        var engine = context.Saga.Engine;
        var reason = $"cancelled by {command.Operator}: {command.Reason}";
        if (engine.Undoing is null)
            return CompensateAsync(context, reason);

        // What could not be undone was put right by hand; the operator answers for it.
        engine.Undoing = null;
        engine.Suspension = null;
        engine.ToUndo.Clear();
        engine.Reason = reason;
        return context.TransitionToState(Cancelled);
    }

    Task UndoAsync(BehaviorContext<TInstance> context, IOperatorCommand command) =>
        CompensateAsync(context, $"compensated by {command.Operator}: {command.Reason}");

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
        BehaviorContext<TInstance> context, string cause, ActivityFailure? failure = null, bool refused = false, string? by = null)
    {
        var step = Step.Of(context);
        var engine = context.Saga.Engine;
        engine.Suspension = new Suspension
        {
            Cause = cause,
            State = context.Saga.CurrentState,
            Activity = failure?.Activity,
            Attempts = failure?.Attempts ?? 0,
            Refused = refused,
            By = by,
            Since = step.Now,
        };
        step.Record(new Suspended(cause, failure?.Activity, failure?.Attempts ?? 0));
        foreach (var open in engine.Activities)
            StopTimer(step, open);
        return context.TransitionToState(Suspended);
    }

    IReadOnlyList<string> AllowedActions(string state, string data)
    {
        var instance = JsonSerializer.Deserialize<TInstance>(data, InstanceJson.Options)!;
        return Allowed(state, instance.Engine);
    }

    /// <summary>What an operator may ask of an instance as it stands.</summary>
    IReadOnlyList<string> Allowed(string state, Bookkeeping engine)
    {
        var somethingToUndo = engine.ToUndo.Count > 0;
        return engine switch
        {
            { Suspension: { Activity: not null } } => [OperatorActions.Retry, OperatorActions.Cancel],
            { Suspension: { By: null } suspension } when !AcceptsIn(suspension.State, Resumed) => [OperatorActions.Cancel],
            { Suspension: not null } => [OperatorActions.Resume, OperatorActions.Cancel],
            { Status: WorkflowStatus.Running } when somethingToUndo =>
                [OperatorActions.Suspend, OperatorActions.Cancel, OperatorActions.Compensate],
            { Status: WorkflowStatus.Running } => [OperatorActions.Suspend, OperatorActions.Cancel],
            { Status: WorkflowStatus.Completed } when somethingToUndo => [OperatorActions.Compensate],
            _ => [],
        };
    }
}

/// <summary>What an operator may ask of an instance.</summary>
public static class OperatorActions
{
    /// <summary>See <see cref="RetryWorkflow"/>.</summary>
    public const string Retry = "retry";

    /// <summary>See <see cref="CancelWorkflow"/>.</summary>
    public const string Cancel = "cancel";

    /// <summary>See <see cref="SuspendWorkflow"/>.</summary>
    public const string Suspend = "suspend";

    /// <summary>See <see cref="ResumeWorkflow"/>.</summary>
    public const string Resume = "resume";

    /// <summary>See <see cref="CompensateWorkflow"/>.</summary>
    public const string Compensate = "compensate";

    /// <summary>All five.</summary>
    public static IReadOnlyList<string> All { get; } = [Retry, Cancel, Suspend, Resume, Compensate];
}
