using MassTransit;
using MassTransit.SagaStateMachine;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Delivery;
using Resonance.Engine.Recovery;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

/// <summary>Why an activity did not complete.</summary>
/// <param name="Activity">Its name.</param>
/// <param name="ErrorKind">A short stable word; <c>timeout</c> when no answer came.</param>
/// <param name="Message">What happened, for people.</param>
/// <param name="Attempts">Attempts made.</param>
public sealed record ActivityFailure(string Activity, string ErrorKind, string Message, int Attempts)
{
    /// <summary>What the activity was executed for; null unless it was fanned out.</summary>
    public string? Item { get; init; }

    internal string? IdempotencyKey { get; init; }

    /// <summary>The kind of a failure that is the lack of an answer.</summary>
    public const string Timeout = "timeout";

    /// <summary>The kind of a failure that is an exception in the worker.</summary>
    public const string WorkerFault = "worker_fault";
}

/// <summary>A command to a worker with its reply, time-out, retry policy and compensation, declared once.</summary>
public abstract class Activity<TInstance> where TInstance : WorkflowInstance
{
    private protected Activity(string name)
    {
        Name = name;
        Failed = new MessageEvent<ActivityFailure>($"{name}.Failed");
        Exhausted = new MessageEvent<ActivityFailure>($"{name}.Exhausted");
    }

    /// <summary>Name, PascalCase, unique in the workflow.</summary>
    public string Name { get; }

    /// <summary>The worker refused: trying again cannot help. Nothing was done that would have to be undone.</summary>
    public Event<ActivityFailure> Failed { get; }

    /// <summary>The attempts are used up; whether anything was done is unknown. Unless the state decides otherwise, the instance is suspended.</summary>
    public Event<ActivityFailure> Exhausted { get; }

    internal string Destination { get; private protected init; } = null!;

    internal TimeSpan Timeout { get; private protected init; }

    internal RetryPolicy Retry { get; private protected init; } = RetryPolicy.Default;

    internal Activity<TInstance>? CompensatedBy { get; private protected init; }

    /// <summary>Why there is nothing to undo; null when <see cref="CompensatedBy"/> undoes it, or the activity is itself a compensation.</summary>
    internal string? NoCompensation { get; private protected init; }

    /// <summary>The state to wait in between two attempts; null to stay.</summary>
    internal State? RetriesFrom { get; private protected init; }

    internal abstract Type CommandType { get; }

    internal abstract Type ReplyType { get; }

    internal abstract Event CompletedEvent { get; }

    /// <summary>Whether the reply says that there is something to undo.</summary>
    internal abstract bool LeavesSomething(IActivityReply reply);

    internal abstract Task RaiseCompletedAsync(BehaviorContext<TInstance> context, IActivityReply reply);

    /// <summary>The command as it would be sent now.</summary>
    internal abstract object MakeCommand(TInstance instance, OpenActivity open);

    internal abstract Task<OutgoingMessage> CaptureAsync(BehaviorContext<TInstance> context, OpenActivity open);
}

/// <inheritdoc />
/// <typeparam name="TInstance">The workflow's instance.</typeparam>
/// <typeparam name="TCommand">What is sent to the worker.</typeparam>
/// <typeparam name="TReply">What the worker answers.</typeparam>
public sealed class Activity<TInstance, TCommand, TReply> : Activity<TInstance>
    where TInstance : WorkflowInstance
    where TCommand : class
    where TReply : class, IActivityReply
{
    readonly Func<ActivityCall<TInstance>, TCommand> _command;
    readonly Func<TReply, bool> _leavesSomething;

    internal Activity(string name, ActivityBuilder<TInstance, TCommand, TReply> builder) : base(name)
    {
        Completed = new MessageEvent<TReply>($"{name}.Completed");
        _command = builder.CommandFactory
            ?? throw new ArgumentException($"Activity '{name}' has no command. Say what it sends with Command(...).");
        Destination = builder.Destination
            ?? throw new ArgumentException($"Activity '{name}' has no worker. Say which endpoint does it with SendTo(...).");
        Timeout = builder.TimeoutAfter
            ?? throw new ArgumentException($"Activity '{name}' has no time-out. Say how long one attempt may take with Timeout(...).");
        Retry = builder.RetryPolicy.Validated();
        CompensatedBy = builder.Compensation;
        NoCompensation = builder.NoCompensation;
        RetriesFrom = builder.RetriesFrom;
        _leavesSomething = builder.Leaves;
    }

    /// <summary>The worker answered.</summary>
    public Event<TReply> Completed { get; }

    internal override Type CommandType => typeof(TCommand);

    internal override Type ReplyType => typeof(TReply);

    internal override Event CompletedEvent => Completed;

    internal override bool LeavesSomething(IActivityReply reply) => _leavesSomething((TReply)reply);

    internal override Task RaiseCompletedAsync(BehaviorContext<TInstance> context, IActivityReply reply) =>
        context.Raise(Completed, (TReply)reply);

    internal override object MakeCommand(TInstance instance, OpenActivity open) => Make(instance, open);

    internal override async Task<OutgoingMessage> CaptureAsync(BehaviorContext<TInstance> context, OpenActivity open)
    {
        var step = Step.Of(context);
        var command = Make(context.Saga, open);
        var endpoint = await context.GetSendEndpoint(Addresses.Endpoint(Destination));
        return await OutgoingMessage.CaptureAsync(endpoint, command, CallerHeaders.For<TCommand>(step, open.IdempotencyKey), step.WorkflowId, default);
    }

    TCommand Make(TInstance instance, OpenActivity open) =>
        _command(new ActivityCall<TInstance>(instance, open.IdempotencyKey) { Item = open.Item });
}

/// <summary>What a command is made from.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="IdempotencyKey">Names the effect, the same for every attempt; goes into the command.</param>
public sealed record ActivityCall<TInstance>(TInstance Instance, string IdempotencyKey) where TInstance : WorkflowInstance
{
    /// <summary>The instance's id; goes into the command.</summary>
    public Guid WorkflowId => Instance.CorrelationId;

    /// <summary>What the command is for; null unless the activity is fanned out with <c>ExecuteEach</c>.</summary>
    public string? Item { get; init; }

    /// <summary>The idempotency key under which another activity of the instance was executed last: how a compensation names what it undoes.</summary>
    public string KeyOf(string activity) => IdempotencyKeys.For(WorkflowId, activity, Instance.Engine.Executions.GetValueOrDefault(activity));
}

static class IdempotencyKeys
{
    public static string For(Guid workflowId, string activity, int execution) => $"{workflowId:N}/{activity}/{execution}";
}
