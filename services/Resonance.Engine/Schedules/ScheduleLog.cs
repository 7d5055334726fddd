using Microsoft.Extensions.Logging;

namespace Resonance.Engine.Schedules;

/// <summary>The log events of schedules, by number.</summary>
static partial class ScheduleLog
{
    [LoggerMessage(1101, LogLevel.Information, "Schedule {Schedule}, due at {DueAt:O}: {Outcome}. {Reason}", EventName = "ScheduleFired")]
    public static partial void Fired(ILogger log, string schedule, DateTimeOffset dueAt, string outcome, string reason);

    [LoggerMessage(1102, LogLevel.Warning, "Schedule {Schedule} missed its time: {Reason}.", EventName = "ScheduleMissed")]
    public static partial void Missed(ILogger log, string schedule, string reason);

    [LoggerMessage(1103, LogLevel.Warning, "Schedule {Schedule} could not be run and is looked at again. {Error}", EventName = "ScheduleNotRun")]
    public static partial void NotRun(ILogger log, string schedule, string error);

    [LoggerMessage(1104, LogLevel.Warning, "The schedules could not be read; looking again in a second. {Error}", EventName = "SchedulesNotRead")]
    public static partial void NotRead(ILogger log, string error);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Information, EventName = "DefaultScheduleLeftOut",
        Message = "The default schedule {Schedule} is left out: this build has no workflow '{Workflow}'.")]
    public static partial void DefaultLeftOut(ILogger log, string schedule, string workflow);
}
