using Microsoft.Extensions.Logging;

namespace Resonance.Engine.Queues;

/// <summary>What work queues log.</summary>
static partial class QueueLog
{
    [LoggerMessage(
        EventId = 1020, Level = LogLevel.Warning,
        Message = "Signals between processes are interrupted; who waits at a work queue looks at it until they are back: {Reason}")]
    public static partial void SignalsInterrupted(ILogger logger, string reason);
}
