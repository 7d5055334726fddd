using Microsoft.Extensions.Logging;

namespace Resonance.Engine.Telemetry;

/// <summary>Every log event of the engine, by number.</summary>
static partial class Log
{
    [LoggerMessage(1001, LogLevel.Warning, "The store does not answer; trying again in {WaitMs} ms. {Error}")]
    public static partial void StoreAway(ILogger log, double waitMs, string error);

    [LoggerMessage(1002, LogLevel.Warning, "{Count} arrived messages could not be removed from the outbox and will be sent again.")]
    public static partial void CompletionLost(ILogger log, int count, Exception exception);

    [LoggerMessage(1003, LogLevel.Warning, "Message {MessageId} to {Destination} could not be sent and stays in the outbox. {Error}")]
    public static partial void SendFailed(ILogger log, Guid messageId, string destination, string error);

    [LoggerMessage(1004, LogLevel.Warning, "The outbox could not be read. {Error}")]
    public static partial void DispatchFailed(ILogger log, string error);

    [LoggerMessage(1005, LogLevel.Debug, "Step of {WorkflowId} lost the race for version {Version} and is decided anew.")]
    public static partial void LostRace(ILogger log, Guid workflowId, long version);

    [LoggerMessage(1006, LogLevel.Information, "Event {Event} for workflow {WorkflowId} came before its instance; delivery {Delivery} again in {WaitMs} ms.")]
    public static partial void InstanceMissing(ILogger log, string @event, Guid workflowId, int delivery, double waitMs);

    [LoggerMessage(1007, LogLevel.Warning, "The schema is not ready; looking again in a second. {Reason}")]
    public static partial void SchemaNotReady(ILogger log, string reason);

    [LoggerMessage(1008, LogLevel.Error, "A new version of a rule cannot be used here, and the one before it still decides: {Problem}")]
    public static partial void RuleNotUsed(ILogger log, string problem);

    [LoggerMessage(1009, LogLevel.Warning, "The rules could not be read; looking again in a second. {Error}")]
    public static partial void RulesNotRead(ILogger log, string error);

    [LoggerMessage(1010, LogLevel.Warning, "Nothing would have moved {Key} on from {State} any more; it was driven on. Look for what was lost: a timer, a start, rows of the outbox.")]
    public static partial void InstanceRecovered(ILogger log, string key, string state);

    [LoggerMessage(1012, LogLevel.Warning, "The audit could not be told of {Count} steps and will find them in the journal. {Error}")]
    public static partial void NoticeLost(ILogger log, int count, string error);

    [LoggerMessage(1011, LogLevel.Warning, "The instances could not be looked over for what was lost; looking again at the next turn. {Error}")]
    public static partial void LookFailed(ILogger log, string error);

    [LoggerMessage(1013, LogLevel.Warning, "The figures of the store could not be read, and are not shown until they can. {Error}")]
    public static partial void FiguresNotRead(ILogger log, string error);
}
