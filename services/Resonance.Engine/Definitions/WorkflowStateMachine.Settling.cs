using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

public abstract partial class WorkflowStateMachine<TInstance>
{
    static readonly IReadOnlyDictionary<string, string[]> NoProblems = new Dictionary<string, string[]>();

    /// <summary>What an operator settles by hand: the reply in place of the worker's is taken for the worker's.</summary>
    async Task SkipAsync(BehaviorContext<TInstance> context, OperatorRequest request)
    {
        var step = Step.Of(context);
        var engine = context.Saga.Engine;
        var (activity, key) = Skipped(context.Saga)!.Value;
        var reply = (IActivityReply)ReadReply(context.Saga, activity, key, request).Message!;
        var open = Find(context, key);
        var state = open is null ? engine.Suspension!.State : StateOf(context.Saga, open);
        if (open is not null)
            Close(step, engine, open);
        if (engine.Suspension is not null)
            await LeaveSuspensionAsync(context, OperatorActions.Skip);
        if (state != context.Saga.CurrentState)
            await context.TransitionToState(GetState(state));
        var others = engine.Activities.ToArray();

        step.Record(new ActivitySkipped(activity.Name, key));
        if (activity.CompensatedBy is not null && !activity.LeavesSomething(reply))
            engine.ToUndo.Remove(activity.Name);
        if (IsUndoing(engine, activity))
            await UndoneAsync(context);
        else
            await activity.RaiseCompletedAsync(context, reply);
        await SendAgainAsync(context, others.Where(engine.Activities.Contains));
    }

    /// <summary>Ends the instance where the operator says.</summary>
    Task ResolveAsync(BehaviorContext<TInstance> context, OperatorRequest request)
    {
        var engine = context.Saga.Engine;
        engine.Suspension = null;
        engine.Reason = $"resolved by {request.Operator}: {request.Reason}";
        return context.TransitionToState(GetState(EndNamed(request.State)!));
    }

    /// <summary>The activity that an operator can answer for: the one that failed, or the only one under way. Null when there is none.</summary>
    (Activity<TInstance> Activity, string IdempotencyKey)? Skipped(TInstance instance)
    {
        var engine = instance.Engine;
        var (name, key, state) = engine switch
        {
            { Suspension: { Activity: { } failed } suspension } => (failed, KeyOf(instance, suspension), suspension.State),
            { Activities: [var only] } => (only.Name, only.IdempotencyKey, StateOf(instance, only)),
            _ => default,
        };
        return name is not null && _activities.TryGetValue(name, out var activity)
            && (IsUndoing(engine, activity) || AcceptsIn(state, activity.CompletedEvent))
            ? (activity, key)
            : null;
    }

    /// <summary>The state in which an activity's reply is awaited.</summary>
    static string StateOf(TInstance instance, OpenActivity open) =>
        open.Waiting ? open.State : instance.Engine.Suspension?.State ?? instance.CurrentState;

    /// <summary>The key under which a failed activity is tried again.</summary>
    static string KeyOf(TInstance instance, Suspension suspension) => suspension.IdempotencyKey
        ?? IdempotencyKeys.For(
            instance.CorrelationId, suspension.Activity!, instance.Engine.Executions.GetValueOrDefault(suspension.Activity!));

    /// <summary>What is wrong with what an allowed request brings along, by member; nothing when it can be done.</summary>
    IReadOnlyDictionary<string, string[]> Problems(TInstance instance, OperatorRequest request)
    {
        switch (request.Action)
        {
            case OperatorActions.Retry when request.Data is { } changes:
                return InstanceEdit.Check(instance, changes);
            case OperatorActions.Skip:
                var (activity, key) = Skipped(instance)!.Value;
                return ReadReply(instance, activity, key, request).Errors
                    .ToDictionary(error => error.Key == "$" ? "reply" : $"reply.{error.Key}", error => error.Value);
            case OperatorActions.Resolve when EndNamed(request.State) is null:
                return new Dictionary<string, string[]>
                {
                    ["state"] = [$"Say in which state the instance ends: one of {string.Join(", ", _ends.Keys.Select(StateNames.ToScreen).Order())}."],
                };
            default:
                return NoProblems;
        }
    }

    static ContractResult ReadReply(TInstance instance, Activity<TInstance> activity, string key, OperatorRequest request)
    {
        if (request.Reply is not { ValueKind: JsonValueKind.Object } given)
        {
            return new ContractResult(
                null, new Dictionary<string, string[]> { ["$"] = [$"{activity.Name} is skipped with a {activity.ReplyType.Name}: give its JSON."] });
        }

        var reply = JsonObject.Create(given)!;
        reply.Remove("workflowId");
        reply.Remove("idempotencyKey");
        reply["workflowId"] = instance.CorrelationId.ToString("D");
        reply["idempotencyKey"] = key;
        return ContractReader.Read(activity.ReplyType, Encoding.UTF8.GetBytes(reply.ToJsonString(InstanceJson.Options)));
    }

    /// <returns>The end, PascalCase; null when there is none of that name, or more than one that is meant.</returns>
    string? EndNamed(string? state)
    {
        var ends = state is null
            ? _ends.Where(end => end.Value == WorkflowStatus.Completed).Select(end => end.Key).ToArray()
            : _ends.Keys.Where(end => end.Equals(state, StringComparison.OrdinalIgnoreCase)
                || StateNames.ToScreen(end).Equals(state, StringComparison.OrdinalIgnoreCase)).ToArray();
        return ends is [var only] ? only : null;
    }
}
