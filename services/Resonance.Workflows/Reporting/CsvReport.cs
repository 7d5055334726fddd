using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Resonance.Contracts.Reporting;

namespace Resonance.Workflows.Reporting;

/// <summary>A report as comma-separated values: a header, then a line for each workflow. RFC 4180, UTF-8, invariant numbers and times.</summary>
static class CsvReport
{
    public const string MediaType = "text/csv; charset=utf-8; header=present";

    static readonly (string Name, Func<RenderReport, ReportFigures, object?> Value)[] Columns =
    [
        ("workflow", (_, figures) => figures.Workflow),
        ("from", (report, _) => Time(report.From)),
        ("to", (report, _) => Time(report.To)),
        ("steps", (_, figures) => figures.Steps),
        ("started", (_, figures) => figures.Started),
        ("completed", (_, figures) => figures.Completed),
        ("failed", (_, figures) => figures.Failed),
        ("cancelled", (_, figures) => figures.Cancelled),
        ("suspended", (_, figures) => figures.Suspended),
        ("retries", (_, figures) => figures.Retries),
        ("failed_attempts", (_, figures) => figures.FailedAttempts),
        ("compensations", (_, figures) => figures.Compensations),
        ("rejected_events", (_, figures) => figures.RejectedEvents),
        ("rules_passed", (_, figures) => figures.RulesPassed),
        ("rules_failed", (_, figures) => figures.RulesFailed),
        ("average_ms", (_, figures) => figures.Durations?.AverageMs),
        ("p50_ms", (_, figures) => figures.Durations?.P50Ms),
        ("p95_ms", (_, figures) => figures.Durations?.P95Ms),
        ("p99_ms", (_, figures) => figures.Durations?.P99Ms),
    ];

    public static byte[] Render(RenderReport report)
    {
        // A name that a spreadsheet would take for a formula is escaped.
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape, NewLine = "\r\n" };
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, settings))
        {
            foreach (var (name, _) in Columns)
                csv.WriteField(name);
            csv.NextRecord();
            foreach (var figures in report.Figures)
            {
                foreach (var (_, value) in Columns)
                    csv.WriteField(value(report, figures));
                csv.NextRecord();
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
