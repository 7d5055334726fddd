using MassTransit;

namespace Resonance.Engine.Definitions;

/// <summary>One activity, executed for several items at once.</summary>
public static class FanOut
{
    /// <summary>Most items of one fan-out: their commands are one step, and the instance remembers each until it is answered.</summary>
    public const int ItemsMax = 1000;

    /// <summary>
    /// Sends an activity's command once for each item, all with this step. Each has an idempotency key, a time-out and retries of its own,
    /// and each reply comes as <see cref="Activity{TInstance,TCommand,TReply}.Completed"/>; <see cref="AllAnswered{TInstance}"/> says
    /// whether it was the last.
    /// </summary>
    /// <param name="binder">Where.</param>
    /// <param name="activity">What; it needs no compensation. Its command reads the item from <see cref="ActivityCall{TInstance}.Item"/>.</param>
    /// <param name="items">
    /// At most <see cref="ItemsMax"/>; an item that stands there twice counts once. With none nothing is sent and no reply comes: have the
    /// workflow decide before.
    /// </param>
    public static EventActivityBinder<TInstance, TMessage> ExecuteEach<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, Activity<TInstance> activity,
        Func<BehaviorContext<TInstance, TMessage>, IEnumerable<string>> items)
        where TInstance : WorkflowInstance, new() where TMessage : class
    {
        ((WorkflowStateMachine<TInstance>)binder.StateMachine).FansOut(activity);
        return binder.ThenAsync(context => WorkflowBinderExtensions.Machine(context).ExecuteEachAsync(context, activity, items(context)));
    }

    /// <inheritdoc cref="ExecuteEach{TInstance,TMessage}"/>
    public static EventActivityBinder<TInstance> ExecuteEach<TInstance>(
        this EventActivityBinder<TInstance> binder, Activity<TInstance> activity,
        Func<BehaviorContext<TInstance>, IEnumerable<string>> items)
        where TInstance : WorkflowInstance, new()
    {
        ((WorkflowStateMachine<TInstance>)binder.StateMachine).FansOut(activity);
        return binder.ThenAsync(context => WorkflowBinderExtensions.Machine(context).ExecuteEachAsync(context, activity, items(context)));
    }

    /// <summary>Whether no command of the activity is open any more: every item was answered, refused or given up.</summary>
    public static bool AllAnswered<TInstance>(this BehaviorContext<TInstance> context, Activity<TInstance> activity)
        where TInstance : WorkflowInstance =>
        !context.Saga.Engine.Activities.Exists(open => open.Name == activity.Name);
}

public abstract partial class WorkflowStateMachine<TInstance>
{
    readonly HashSet<Activity<TInstance>> _fannedOut = [];

    internal void FansOut(Activity<TInstance> activity) => _fannedOut.Add(activity);

    internal async Task ExecuteEachAsync(BehaviorContext<TInstance> context, Activity<TInstance> activity, IEnumerable<string> items)
    {
        var distinct = items.Distinct(StringComparer.Ordinal).ToArray();
        if (distinct.Length > FanOut.ItemsMax)
        {
            throw new InvalidOperationException(
                $"Workflow '{_type}' executes '{activity.Name}' for {distinct.Length:N0} items; {FanOut.ItemsMax:N0} are the most. Give a worker more than " +
                "one of them at a time.");
        }

        foreach (var item in distinct)
            await ExecuteAsync(context, activity, item: item);
    }

    IEnumerable<string> VerifyFanOuts()
    {
        foreach (var activity in Activities.Where(_fannedOut.Contains))
        {
            if (activity.CompensatedBy is { } compensation)
            {
                yield return $"Workflow '{_type}' executes '{activity.Name}' for each of several items, and undoes it with '{compensation.Name}', which " +
                    "could undo one of them only. Execute it once with Execute(...), or say with NeedsNoCompensation(\"because ...\") why nothing " +
                    "has to be undone.";
            }

            if (activity.RetriesFrom is { } state)
            {
                yield return $"Workflow '{_type}' executes '{activity.Name}' for each of several items, and waits in the state '{state.Name}' before it " +
                    "tries one again, where the answers to the others would be rejected. Remove RetryFrom(...).";
            }
        }
    }

    static ActivityFailure Failure(OpenActivity open, string kind, string error) =>
        new(open.Name, kind, error, open.Attempt) { Item = open.Item, IdempotencyKey = open.IdempotencyKey };
}
