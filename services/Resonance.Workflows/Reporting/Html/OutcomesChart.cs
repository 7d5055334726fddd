using Resonance.Contracts.Reporting;

namespace Resonance.Workflows.Reporting.Html;

/// <summary>A bar for each workflow: how many instances ended, and how.</summary>
static class OutcomesChart
{
    const double Width = 520;
    const double RowHeight = 54;
    const double BarHeight = 16;

    public static void Write(HtmlWriter html, IReadOnlyList<ReportFigures> all)
    {
        var most = Math.Max(1, all.Max(Ended));
        html.Write($"""<figure><h2>How they ended</h2><div class="scroll">""");
        html.Write($"""<svg viewBox="0 0 {Width} {all.Count * RowHeight}" role="img" """);
        html.Write($"""aria-labelledby="outcomes-title outcomes-desc"><title id="outcomes-title">Outcomes by workflow</title>""");
        html.Write($"""<desc id="outcomes-desc">For each workflow the number of instances that were completed, failed and cancelled. """);
        html.Write($"""The table of all figures has the numbers.</desc>""");
        for (var row = 0; row < all.Count; row++)
            WriteRow(html, all[row], row * RowHeight, most);
        html.Write($"""</svg></div><figcaption><span class="key good">completed</span><span class="key bad">failed</span>""");
        html.Write($"""<span class="key neutral">cancelled</span></figcaption></figure>""");
    }

    static void WriteRow(HtmlWriter html, ReportFigures figures, double top, long most)
    {
        var ended = Ended(figures);
        var share = ended == 0 ? "none ended" : $"{ReportText.Count(ended)} ended, {ReportText.Share(figures.Completed, ended)} completed";
        html.Write($"""<text class="name" x="0" y="{top + 14}">{figures.Workflow}</text>""");
        html.Write($"""<text class="note end" x="{Width}" y="{top + 14}">{share}</text>""");
        html.Write($"""<rect class="track" x="0" y="{top + 22}" width="{Width}" height="{BarHeight}" rx="3"/>""");

        var left = 0.0;
        foreach (var (count, kind, word) in (ReadOnlySpan<(long, string, string)>)
            [(figures.Completed, "good", "completed"), (figures.Failed, "bad", "failed"), (figures.Cancelled, "neutral", "cancelled")])
        {
            if (count == 0)
                continue;

            // One of a million is still something to see.
            var width = Math.Max(3, Width * count / most);
            left = Math.Min(left, Width - width);
            html.Write($"""<rect class="{kind}" x="{left}" y="{top + 22}" width="{width}" height="{BarHeight}" rx="3">""");
            html.Write($"""<title>{figures.Workflow}: {ReportText.Count(count)} {word}</title></rect>""");
            left += width;
        }
    }

    static long Ended(ReportFigures figures) => figures.Completed + figures.Failed + figures.Cancelled;
}
