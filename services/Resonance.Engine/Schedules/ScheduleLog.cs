using Microsoft.Extensions.Logging;

namespace Resonance.Engine.Schedules;

/// <summary>The log events of schedules, by number.</summary>
static partial class ScheduleLog
{
    [LoggerMessage(1101, LogLevel.Information, "Schedule {Schedule}, due at {DueAt:O}: {Outcome}. {Reason}")]
    public static partial void Fired(ILogger log, string schedule, DateTimeOffset dueAt, string outcome, string reason);

    [LoggerMessage(1102, LogLevel.Warning, "Schedule {Schedule} missed its time: {Reason}.")]
    public static partial void Missed(ILogger log, string schedule, string reason);

    [LoggerMessage(1103, LogLevel.Warning, "Schedule {Schedule} could not be run and is looked at again. {Error}")]
    public static partial void NotRun(ILogger log, string schedule, string error);

    [LoggerMessage(1104, LogLevel.Warning, "The schedules could not be read; looking again in a second. {Error}")]
    public static partial void NotRead(ILogger log, string error);

    [LoggerMessage(1105, LogLevel.Information, "The default schedule {Schedule} is left out: this build has no workflow '{Workflow}'.")]
    public static partial void DefaultLeftOut(ILogger log, string schedule, string workflow);
}
