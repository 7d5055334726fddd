using Resonance.Contracts.Reporting;

namespace Resonance.Tests.Support;

/// <summary>Sample reports.</summary>
static class Reports
{
    public static readonly DateTimeOffset Day = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    public static GenerateReport Of(string kind = ReportKinds.Workflows, string format = ReportFormats.Html) => new()
    {
        ReportId = MassTransit.NewId.NextGuid(),
        Kind = kind,
        From = Day,
        To = Day.AddDays(1),
        Format = format,
    };

    /// <summary>The command to write down the figures of a day.</summary>
    public static RenderReport Rendering(params IReadOnlyList<ReportFigures> figures) => new()
    {
        WorkflowId = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
        IdempotencyKey = "1",
        ReportId = Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
        Key = "REPORTING-1001",
        Kind = ReportKinds.Workflows,
        From = Day,
        To = Day.AddDays(1),
        Format = ReportFormats.Html,
        Figures = figures,
    };

    /// <summary>The figures of a day, in each of whose hours as many instances start and end as the hour says.</summary>
    public static ReportFigures Figures(string workflow, ReportDurations? durations = null) => new()
    {
        Workflow = workflow,
        Steps = 4_000,
        Started = 276,
        Completed = 250,
        Failed = 20,
        Cancelled = 6,
        Suspended = 2,
        Retries = 31,
        FailedAttempts = 33,
        Compensations = 6,
        RejectedEvents = 1,
        RulesPassed = 500,
        RulesFailed = 26,
        Durations = durations,
        Timeline = new ReportTimeline
        {
            From = Day,
            SlotSeconds = 3600,
            Started = [.. Enumerable.Range(0, 24).Select(hour => (long)hour)],
            Finished = [.. Enumerable.Range(0, 24).Select(hour => (long)hour)],
        },
    };
}
