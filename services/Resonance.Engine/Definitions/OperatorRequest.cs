using System.Text.Json;
using Resonance.Contracts.Workflows;

namespace Resonance.Engine.Definitions;

/// <summary>What an operator asks of an instance.</summary>
/// <param name="Action">One of <see cref="OperatorActions"/>.</param>
/// <param name="Operator">Who asks.</param>
/// <param name="Reason">Why.</param>
public sealed record OperatorRequest(string Action, string Operator, string Reason)
{
    /// <summary>With <see cref="OperatorActions.Retry"/>: what to change in the data, a JSON merge patch (RFC 7396).</summary>
    public JsonElement? Data { get; init; }

    /// <summary>With <see cref="OperatorActions.Skip"/>: the reply in place of the worker's.</summary>
    public JsonElement? Reply { get; init; }

    /// <summary>With <see cref="OperatorActions.Resolve"/>: the end; null for the one with the status <c>completed</c>.</summary>
    public string? State { get; init; }

    /// <summary>Names the message that brings it to one instance, which takes each message once; null for a new one.</summary>
    public Guid? MessageId { get; init; }

    internal static OperatorRequest Of(IOperatorCommand command) => command switch
    {
        RetryWorkflow retry => new(OperatorActions.Retry, retry.Operator, retry.Reason) { Data = retry.Data },
        SkipActivity skip => new(OperatorActions.Skip, skip.Operator, skip.Reason) { Reply = skip.Reply },
        ResolveWorkflow resolve => new(OperatorActions.Resolve, resolve.Operator, resolve.Reason) { State = resolve.State },
        CancelWorkflow => new(OperatorActions.Cancel, command.Operator, command.Reason),
        SuspendWorkflow => new(OperatorActions.Suspend, command.Operator, command.Reason),
        ResumeWorkflow => new(OperatorActions.Resume, command.Operator, command.Reason),
        CompensateWorkflow => new(OperatorActions.Compensate, command.Operator, command.Reason),
        _ => throw new ArgumentException($"{command.GetType().Name} is no operator's command that workflows know.", nameof(command)),
    };

    /// <summary>The command that carries the request to an instance.</summary>
    internal IOperatorCommand ToCommand(Guid id) => Action switch
    {
        OperatorActions.Retry => new RetryWorkflow { WorkflowId = id, Operator = Operator, Reason = Reason, Data = Data },
        OperatorActions.Skip => new SkipActivity { WorkflowId = id, Operator = Operator, Reason = Reason, Reply = Reply ?? default },
        OperatorActions.Resolve => new ResolveWorkflow { WorkflowId = id, Operator = Operator, Reason = Reason, State = State },
        OperatorActions.Cancel => new CancelWorkflow { WorkflowId = id, Operator = Operator, Reason = Reason },
        OperatorActions.Suspend => new SuspendWorkflow { WorkflowId = id, Operator = Operator, Reason = Reason },
        OperatorActions.Resume => new ResumeWorkflow { WorkflowId = id, Operator = Operator, Reason = Reason },
        OperatorActions.Compensate => new CompensateWorkflow { WorkflowId = id, Operator = Operator, Reason = Reason },
        _ => throw new InvalidOperationException($"There is no action '{Action}'. Actions: {string.Join(", ", OperatorActions.All)}."),
    };
}

/// <summary>What an operator may ask of an instance.</summary>
public static class OperatorActions
{
    /// <summary>See <see cref="RetryWorkflow"/>.</summary>
    public const string Retry = "retry";

    /// <summary>See <see cref="SkipActivity"/>.</summary>
    public const string Skip = "skip";

    /// <summary>See <see cref="ResolveWorkflow"/>.</summary>
    public const string Resolve = "resolve";

    /// <summary>See <see cref="CancelWorkflow"/>.</summary>
    public const string Cancel = "cancel";

    /// <summary>See <see cref="SuspendWorkflow"/>.</summary>
    public const string Suspend = "suspend";

    /// <summary>See <see cref="ResumeWorkflow"/>.</summary>
    public const string Resume = "resume";

    /// <summary>See <see cref="CompensateWorkflow"/>.</summary>
    public const string Compensate = "compensate";

    /// <summary>All seven.</summary>
    public static IReadOnlyList<string> All { get; } = [Retry, Skip, Resolve, Cancel, Suspend, Resume, Compensate];
}

/// <summary>The kinds of incidents that are no failure of an activity; the others are called by the error's kind.</summary>
public static class IncidentKinds
{
    /// <summary>The workflow asks a person to decide.</summary>
    public const string Decision = "decision";

    /// <summary>An operator holds the instance.</summary>
    public const string Held = "held";

    /// <summary>A state was not left before its deadline.</summary>
    public const string Deadline = "deadline";

    /// <summary>It was suspended before the kind was kept.</summary>
    public const string Unknown = "unknown";
}
