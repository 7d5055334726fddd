using Resonance.Engine.Schedules;

namespace Resonance.Workflows;

/// <summary>The schedules that an installation begins with.</summary>
static class DefaultSchedules
{
    /// <summary>Each day, the day before is matched with the provider's statement; at midnight, so that it is the whole day.</summary>
    public static ScheduleDefinition ReconciliationDaily { get; } = new()
    {
        Name = "reconciliation-daily",
        Workflow = "reconciliation",
        Start = """{ "reconciliationId": "{id}", "provider": "simulated", "from": "{previousDueAt}", "to": "{dueAt}" }""",
        Cron = "0 0 * * *",
        CatchUp = TimeSpan.FromDays(7),
    };

    /// <summary>Each hour, the hour before is reported.</summary>
    public static ScheduleDefinition ReportingHourly { get; } = new()
    {
        Name = "reporting-hourly",
        Workflow = "reporting",
        Start = """{ "reportId": "{id}", "kind": "workflows", "from": "{previousDueAt}", "to": "{dueAt}", "format": "html" }""",
        Cron = "0 * * * *",
        Overlap = OverlapPolicy.Allow,
    };
}
