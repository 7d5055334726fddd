using Microsoft.Extensions.Logging;

namespace Resonance.Engine.Admission;

/// <summary>What admission logs.</summary>
static partial class AdmissionLog
{
    [LoggerMessage(EventId = 1021, Level = LogLevel.Debug, Message = "Admitted from work queue {Queue}: {Count}")]
    public static partial void Admitted(ILogger logger, string queue, int count);

    [LoggerMessage(
        EventId = 1022, Level = LogLevel.Warning,
        Message = "Nobody could be admitted from work queue {Queue}; it is tried again in a second: {Reason}")]
    public static partial void NotAdmitted(ILogger logger, string queue, string reason);
}
