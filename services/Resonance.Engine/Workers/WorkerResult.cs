using Resonance.Contracts.Workflows;

namespace Resonance.Engine.Workers;

/// <summary>How one attempt of a worker ended; made by <see cref="WorkerResult"/>.</summary>
/// <typeparam name="TReply">The reply of work that was done.</typeparam>
public sealed record WorkerResult<TReply>
    where TReply : class, IActivityReply
{
    WorkerResult(TReply? reply, WorkerRefusal? refusal)
    {
        Reply = reply;
        Refusal = refusal;
    }

    internal TReply? Reply { get; }

    internal WorkerRefusal? Refusal { get; }

    /// <summary>Whether every later delivery of the command gets this answer.</summary>
    internal bool IsFinal => Reply is not null || Refusal is { IsFinal: true };

    /// <summary>The message that answers the command; null for silence.</summary>
    internal IActivityReply? ToReply(IActivityCommand command) => Reply ?? (IActivityReply?)Refusal?.ToReply(command);

    /// <summary>The work was done.</summary>
    public static implicit operator WorkerResult<TReply>(TReply reply) => new(reply, null);

    /// <summary>The work was not done.</summary>
    public static implicit operator WorkerResult<TReply>(WorkerRefusal refusal) => new(null, refusal);
}

/// <summary>How one attempt of a worker may end.</summary>
public static class WorkerResult
{
    /// <summary>No answer at all. What the attempt wrote is undone; the next delivery of the command tries anew.</summary>
    /// <remarks>For work whose outcome is unknown, such as a call that timed out: the workflow's own time-out decides.</remarks>
    public static WorkerRefusal Silent { get; } = new(null, false);

    /// <summary>The work was done; every later delivery of the command gets the same reply.</summary>
    public static WorkerResult<TReply> Reply<TReply>(TReply reply)
        where TReply : class, IActivityReply => reply;

    /// <summary>The work cannot be done, however often it is tried. What the attempt wrote is undone; the answer is kept.</summary>
    /// <param name="kind">A short stable word that machines compare, e.g. <c>card_declined</c>.</param>
    /// <param name="message">What happened, for people.</param>
    public static WorkerRefusal Refused(string kind, string message) => new(new Failure(kind, message), true);

    /// <summary>The work cannot be done now. What the attempt wrote is undone; the next delivery of the command tries anew.</summary>
    /// <param name="kind">A short stable word that machines compare, e.g. <c>provider_busy</c>.</param>
    /// <param name="message">What happened, for people.</param>
    public static WorkerRefusal TryLater(string kind, string message) => new(new Failure(kind, message), false);

    internal sealed record Failure(string Kind, string Message);
}

/// <summary>An attempt that did not do its work; made by <see cref="WorkerResult"/>.</summary>
public sealed record WorkerRefusal
{
    readonly WorkerResult.Failure? _failure;

    internal WorkerRefusal(WorkerResult.Failure? failure, bool isFinal)
    {
        _failure = failure;
        IsFinal = isFinal;
    }

    internal bool IsFinal { get; }

    internal ActivityFailed? ToReply(IActivityCommand command) => _failure is null
        ? null
        : new ActivityFailed
        {
            WorkflowId = command.WorkflowId,
            IdempotencyKey = command.IdempotencyKey,
            ErrorKind = _failure.Kind,
            Message = _failure.Message,
            NonRetryable = IsFinal,
        };
}
