using System.Text;
using Resonance.Contracts.Reporting;

namespace Resonance.Workflows.Reporting.Html;

/// <summary>A report as one page: no script, and nothing that would have to be fetched. It is well-formed XML, too.</summary>
static class HtmlReport
{
    public const string MediaType = "text/html; charset=utf-8";

    static readonly OwnMarkup Style = ReadStyle();

    /// <param name="report">What is told.</param>
    /// <param name="now">When the page is made.</param>
    public static byte[] Render(RenderReport report, DateTimeOffset now)
    {
        var all = report.Figures;
        var subject = report.Kind == ReportKinds.Workflows ? "All workflows" : $"Workflow {report.Kind}";
        var period = ReportText.Period(report.From, report.To);
        var html = new HtmlWriter();
        html.Write($"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/><title>{subject}, {period}</title>""");
        html.Write($"""<meta name="viewport" content="width=device-width, initial-scale=1"/><style>{Style}</style></head><body>""");
        html.Write($"""<header><p class="eyebrow">{report.Key}</p><h1>{subject}</h1><p class="period">{period}</p>""");
        if (report.To > now)
            html.Write($"""<p class="quiet">The period was not over when this was counted.</p>""");
        html.Write($"""</header><main>""");
        WriteSummary(html, all);
        TimelineChart.Write(html, new SummedTimeline(all));
        html.Write($"""<div class="pair">""");
        OutcomesChart.Write(html, all);
        DurationsChart.Write(html, all);
        html.Write($"""</div>""");
        FiguresTable.Write(html, all);
        html.Write($"""</main><footer><p>Counted from the journal. Durations are from start to end of instances that were """);
        html.Write($"""completed or failed; percentiles are at most 0.4 % off. Made by Resonance on {ReportText.Moment(now)}.</p>""");
        html.Write($"""</footer></body></html>""");
        html.Write($"\n");
        return Encoding.UTF8.GetBytes(html.ToString());
    }

    static void WriteSummary(HtmlWriter html, IReadOnlyList<ReportFigures> all)
    {
        var (started, completed) = (all.Sum(figures => figures.Started), all.Sum(figures => figures.Completed));
        var (failed, cancelled) = (all.Sum(figures => figures.Failed), all.Sum(figures => figures.Cancelled));
        var (ended, attempts) = (completed + failed + cancelled, all.Sum(figures => figures.FailedAttempts));
        html.Write($"""<dl class="summary">""");
        Write("Started", ReportText.Count(started), $"{ReportText.Count(ended)} ended");
        Write("Completed", ReportText.Count(completed), $"{ReportText.Share(completed, ended)} of what ended");
        Write("Failed", ReportText.Count(failed), $"{ReportText.Count(cancelled)} cancelled");
        Write("Suspended", ReportText.Count(all.Sum(figures => figures.Suspended)), "waited for a person");
        Write("Retries", ReportText.Count(all.Sum(figures => figures.Retries)), $"{ReportText.Count(attempts)} failed attempts");
        html.Write($"""</dl>""");

        void Write(string name, string number, string note) =>
            html.Write($"""<div><dt>{name}</dt><dd class="figure">{number}</dd><dd class="note">{note}</dd></div>""");
    }

    static OwnMarkup ReadStyle()
    {
        var assembly = typeof(HtmlReport).Assembly;
        using var stream = new StreamReader(assembly.GetManifestResourceStream($"{typeof(HtmlReport).Namespace}.report.css")!);
        return new OwnMarkup(stream.ReadToEnd());
    }
}
