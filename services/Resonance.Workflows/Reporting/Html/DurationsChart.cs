using Resonance.Contracts.Reporting;

namespace Resonance.Workflows.Reporting.Html;

/// <summary>A line for each workflow, from the duration that half of its instances did not exceed to that of 99 of 100.</summary>
static class DurationsChart
{
    const double Width = 520;
    const double RowHeight = 54;
    const double AxisHeight = 30;
    const double Left = 8;
    const double Right = Width - 12;

    // Ten, a hundred, a minute, an hour, a day: what people count in, not powers of ten throughout.
    static readonly long[] Ticks =
        [1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000, 2_592_000_000, 31_536_000_000];

    public static void Write(HtmlWriter html, IReadOnlyList<ReportFigures> all)
    {
        html.Write($"""<figure><h2>How long they took</h2>""");
        var durations = all.Select(figures => figures.Durations).OfType<ReportDurations>().ToArray();
        if (durations.Length == 0)
        {
            html.Write($"""<p class="quiet">No instance was completed or failed.</p></figure>""");
            return;
        }

        var axis = new Axis(durations.Min(one => Math.Max(1, one.P50Ms)), durations.Max(one => Math.Max(1, one.P99Ms)));
        var height = all.Count * RowHeight + AxisHeight;
        html.Write($"""<div class="scroll"><svg viewBox="0 0 {Width} {height}" role="img" """);
        html.Write($"""aria-labelledby="durations-title durations-desc"><title id="durations-title">Durations by workflow</title>""");
        html.Write($"""<desc id="durations-desc">For each workflow the time from start to end, completed or failed, that 50, 95 and """);
        html.Write($"""99 of 100 instances did not exceed, on a logarithmic axis. The table of all figures has the numbers.</desc>""");
        foreach (var tick in axis.Ticks)
        {
            html.Write($"""<line class="grid" x1="{axis.X(tick)}" x2="{axis.X(tick)}" y1="20" y2="{height - AxisHeight}"/>""");
            html.Write($"""<text class="note {Anchor(tick, axis)}" x="{axis.X(tick)}" y="{height - 8}">""");
            html.Write($"""{ReportText.Duration(tick)}</text>""");
        }

        for (var row = 0; row < all.Count; row++)
            WriteRow(html, all[row], row * RowHeight, axis);
        html.Write($"""</svg></div><figcaption><span class="key dot">half</span><span class="key bar">95 of 100</span>""");
        html.Write($"""<span class="key ring">99 of 100 took no longer</span></figcaption></figure>""");
    }

    static void WriteRow(HtmlWriter html, ReportFigures figures, double top, Axis axis)
    {
        html.Write($"""<text class="name" x="0" y="{top + 14}">{figures.Workflow}</text>""");
        if (figures.Durations is not { } durations)
        {
            html.Write($"""<text class="note end" x="{Width}" y="{top + 14}">none completed or failed</text>""");
            return;
        }

        var (p50, p95, p99) = (axis.X(durations.P50Ms), axis.X(durations.P95Ms), axis.X(durations.P99Ms));
        var y = top + 30;
        html.Write($"""<text class="note end" x="{Width}" y="{top + 14}">half within {ReportText.Duration(durations.P50Ms)}</text>""");
        html.Write($"""<g><title>{figures.Workflow}: {ReportText.Duration(durations.P50Ms)}, {ReportText.Duration(durations.P95Ms)}, """);
        html.Write($"""{ReportText.Duration(durations.P99Ms)}</title><line class="range" x1="{p50}" x2="{p99}" y1="{y}" y2="{y}"/>""");
        html.Write($"""<circle class="ring" cx="{p99}" cy="{y}" r="5.5"/>""");
        html.Write($"""<rect class="mark" x="{p95 - 1.5}" y="{y - 7}" width="3" height="14" rx="1.5"/>""");
        html.Write($"""<circle class="mark" cx="{p50}" cy="{y}" r="6.5"/></g>""");
    }

    static string Anchor(long tick, Axis axis) => tick == axis.Ticks[0] ? "start" : tick == axis.Ticks[^1] ? "end" : "mid";

    /// <summary>A logarithmic axis from the tick below the shortest duration to the tick above the longest.</summary>
    sealed class Axis
    {
        readonly double _first;
        readonly double _last;

        public Axis(long shortest, long longest)
        {
            var below = Math.Max(0, Array.FindLastIndex(DurationsChart.Ticks, tick => tick <= shortest));
            var above = Array.FindIndex(DurationsChart.Ticks, tick => tick > longest);
            Ticks = DurationsChart.Ticks[below..(above < 0 ? DurationsChart.Ticks.Length : above + 1)];
            (_first, _last) = (Math.Log(Ticks[0]), Math.Log(Math.Max(Ticks[^1], longest)));
        }

        public long[] Ticks { get; }

        public double X(long milliseconds) =>
            _last <= _first ? Left : Left + (Right - Left) * (Math.Log(Math.Max(1, milliseconds)) - _first) / (_last - _first);
    }
}
