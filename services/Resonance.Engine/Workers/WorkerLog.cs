using Microsoft.Extensions.Logging;

namespace Resonance.Engine.Workers;

static partial class WorkerLog
{
    [LoggerMessage(EventId = 3001, EventName = "WorkerLeftUnanswered", Level = LogLevel.Information,
        Message = "{Command} {IdempotencyKey} is left unanswered.")]
    public static partial void LeftUnanswered(this ILogger logger, string command, string? idempotencyKey);

    [LoggerMessage(EventId = 3002, EventName = "WorkerFailed", Level = LogLevel.Debug,
        Message = "{Command} {IdempotencyKey} failed with {ErrorKind}: {Error} (non-retryable: {NonRetryable})")]
    public static partial void Failed(
        this ILogger logger, string command, string? idempotencyKey, string errorKind, string error, bool nonRetryable);

    [LoggerMessage(EventId = 3003, EventName = "WorkerNowhereToReply", Level = LogLevel.Warning,
        Message = "{Command} {IdempotencyKey} names no response address; its reply is kept and not sent.")]
    public static partial void NowhereToReply(this ILogger logger, string command, string? idempotencyKey);
}
