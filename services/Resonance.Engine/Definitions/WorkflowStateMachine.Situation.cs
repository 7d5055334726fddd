using System.Text.Json;
using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Definitions;

public abstract partial class WorkflowStateMachine<TInstance>
{
    /// <summary>What should have moved the instance on is lost.</summary>
    public Event<RecoverWorkflow> RecoverRequested { get; } = null!;

    void HandleRecovery()
    {
        FromQueue(() => RecoverRequested, message => message.WorkflowId);
        DuringAny(When(RecoverRequested).ThenAsync(OnRecoverAsync));
    }

    /// <summary>Takes a lost wait for over, a lost time-out for a failed attempt, and sets a lost deadline anew.</summary>
    async Task OnRecoverAsync(BehaviorContext<TInstance, RecoverWorkflow> context)
    {
        var instance = context.Saga;
        var engine = instance.Engine;
        if (context.Message.Version != instance.Version || engine.Suspension is not null || WorkflowStatus.IsEnd(engine.Status))
        {
            Reject(context, nameof(RecoverWorkflow), "it went on by itself meanwhile");
            return;
        }

        var step = Step.Of(context);
        var deadline = engine.Deadline;
        foreach (var open in engine.Activities.ToArray())
        {
            // What one of them led to may have closed the others.
            if (!engine.Activities.Contains(open))
                continue;

            open.Timer = null;
            step.Record(new Recovered($"the {(open.Waiting ? "retry" : "time-out")} of {open.Name} was lost"));
            if (!open.Waiting)
            {
                await AttemptFailedAsync(context, _activities[open.Name], open, ActivityFailure.Timeout, "its time-out was lost");
                continue;
            }

            await AttemptAsync(context, _activities[open.Name], open);
            if (instance.CurrentState != open.State)
                await context.TransitionToState(GetState(open.State));
        }

        if (deadline is null || engine.Deadline != deadline)
            return;
        step.Record(new Recovered($"the deadline of {StateNames.ToScreen(instance.CurrentState)} was lost"));
        SetDeadline(context, instance.CurrentState);
    }

    /// <summary>The instance as it was stored, for questions about it.</summary>
    static TInstance Read(WorkflowRow row)
    {
        var instance = JsonSerializer.Deserialize<TInstance>(row.Data, InstanceJson.Options)!;
        instance.CorrelationId = row.Id;
        instance.CurrentState = row.State;
        instance.Key = row.Key;
        instance.Priority = row.Priority;
        instance.StartedAt = row.StartedAt;
        instance.Version = row.Version;
        return instance;
    }

    WorkflowSituation Situate(WorkflowRow row)
    {
        var instance = Read(row);
        var engine = instance.Engine;
        return new WorkflowSituation
        {
            Accepts = AcceptedIn(row.State),
            Actions = Allowed(instance),
            Activities = [.. engine.Activities.Where(open => _activities.ContainsKey(open.Name)).Select(open => Situate(instance, open))],
            DeadlineTimer = engine.Deadline,
            Suspension = engine.Suspension is not { } suspension
                ? null
                : new SuspendedSituation(
                    suspension.Cause, suspension.Activity, suspension.ErrorKind ?? IncidentKinds.Unknown, suspension.Attempts, suspension.Since,
                    suspension.State, suspension.By),
            Undoing = engine.Undoing?.Activity,
            Undoes = [.. engine.ToUndo.AsEnumerable().Reverse()],
            Reason = engine.Undoing?.Reason ?? engine.Reason,
        };
    }

    ActivitySituation Situate(TInstance instance, OpenActivity open)
    {
        var activity = _activities[open.Name];
        return new ActivitySituation
        {
            Activity = open.Name,
            CommandType = activity.CommandType,
            MakeCommand = () => activity.MakeCommand(instance, open),
            Destination = activity.Destination,
            IsWorkflow = activity.ReplyType == typeof(ChildWorkflowFinished),
            Attempt = open.Attempt,
            AttemptsMax = activity.Retry.MaximumAttempts,
            Policy = activity.Retry.ToString(),
            Waits = open.Waiting,
            LastError = open.LastError,
            Timer = open.Timer,
        };
    }

    /// <summary>The events of the workflow's own that a state handles; what the engine handles in every state is left out.</summary>
    IReadOnlyList<string> AcceptedIn(string state) =>
        _accepted.Value.TryGetValue(state, out var events)
            ? [.. events.Where(candidate => candidate != Resumed && !_own.Contains(candidate.Name)).Select(candidate => candidate.Name).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>Why an instance that another build stored could not go on in this one; null when it can.</summary>
    string? WhyStranded(WorkflowRow row)
    {
        if (States.All(state => state.Name != row.State))
            return $"there is no state {StateNames.ToScreen(row.State)}";

        TInstance instance;
        try
        {
            instance = Read(row);
        }
        catch (JsonException unreadable)
        {
            return $"its data cannot be read at {unreadable.Path}";
        }

        var engine = instance.Engine;
        var back = engine.Suspension?.State;
        if (back is not null && States.All(state => state.Name != back))
            return $"there is no state {StateNames.ToScreen(back)} to go back to";

        var named = engine.Activities.Select(open => open.Name).Concat(engine.ToUndo).Append(engine.Suspension?.Activity).OfType<string>();
        if (named.FirstOrDefault(name => !_activities.ContainsKey(name)) is { } gone)
            return $"there is no activity {gone}";

        foreach (var open in engine.Activities)
        {
            var activity = _activities[open.Name];
            var waitsIn = StateOf(instance, open);
            if (States.All(state => state.Name != waitsIn))
                return $"there is no state {StateNames.ToScreen(waitsIn)}, in which it waits for {open.Name}";
            if (!IsUndoing(engine, activity) && !AcceptsIn(waitsIn, activity.CompletedEvent))
                return $"{StateNames.ToScreen(waitsIn)} does not accept {activity.CompletedEvent.Name}, which it waits for";
        }

        if (engine.ToUndo.FirstOrDefault(name => _activities[name].CompensatedBy is null) is { } kept)
            return $"the activity {kept} can no longer be undone";
        return null;
    }
}
