using Resonance.Contracts.Reporting;

namespace Resonance.Workflows.Reporting.Html;

/// <summary>Every figure of every workflow, and the sums: a line for each figure, a column for each workflow.</summary>
static class FiguresTable
{
    static readonly (string Group, (string Name, Func<ReportFigures, long> Value)[] Lines)[] Counts =
    [
        ("Instances",
        [
            ("Started", figures => figures.Started), ("Completed", figures => figures.Completed), ("Failed", figures => figures.Failed),
            ("Cancelled", figures => figures.Cancelled),
        ]),
        ("Trouble",
        [
            ("Suspended", figures => figures.Suspended), ("Failed attempts", figures => figures.FailedAttempts),
            ("Retries", figures => figures.Retries), ("Activities undone", figures => figures.Compensations),
            ("Events rejected", figures => figures.RejectedEvents),
        ]),
        ("Rules", [("Passed", figures => figures.RulesPassed), ("Failed", figures => figures.RulesFailed)]),
    ];

    static readonly (string Name, Func<ReportDurations, long> Value)[] Durations =
    [
        ("Average", durations => durations.AverageMs), ("50 of 100 within", durations => durations.P50Ms),
        ("95 of 100 within", durations => durations.P95Ms), ("99 of 100 within", durations => durations.P99Ms),
    ];

    public static void Write(HtmlWriter html, IReadOnlyList<ReportFigures> all)
    {
        html.Write($"""<section aria-labelledby="figures"><h2 id="figures">All figures</h2>""");
        html.Write($"""<div class="scroll" tabindex="0" role="region" aria-labelledby="figures"><table><thead><tr><td></td>""");
        foreach (var figures in all)
        {
            html.Write($"""<th scope="col" class="number">""");
            WriteSpark(html, figures.Timeline.Finished);
            html.Write($"""<span>{figures.Workflow}</span></th>""");
        }

        html.Write($"""{(all.Count > 1 ? All : None)}</tr></thead>""");
        foreach (var (group, lines) in Counts)
        {
            WriteGroup(html, group, all.Count);
            foreach (var (name, value) in lines)
            {
                html.Write($"""<tr><th scope="row">{name}</th>""");
                foreach (var figures in all)
                    WriteCount(html, value(figures));
                if (all.Count > 1)
                    WriteCount(html, all.Sum(value));
                html.Write($"""</tr>""");
            }

            html.Write($"""</tbody>""");
        }

        WriteDurations(html, all);
        html.Write($"""</table></div></section>""");
    }

    static OwnMarkup All => new("""<th scope="col" class="number">All</th>""");

    static OwnMarkup None => new("");

    static void WriteGroup(HtmlWriter html, string name, int workflows) => html.Write(
        $"""<tbody><tr class="group"><th scope="rowgroup" colspan="{(workflows > 1 ? workflows + 2 : 2)}">{name}</th></tr>""");

    static void WriteCount(HtmlWriter html, long count) =>
        html.Write($"""<td class="number{(count == 0 ? " zero" : "")}">{ReportText.Count(count)}</td>""");

    static void WriteDurations(HtmlWriter html, IReadOnlyList<ReportFigures> all)
    {
        WriteGroup(html, "Duration of what completed or failed", all.Count);
        foreach (var (name, value) in Durations)
        {
            html.Write($"""<tr><th scope="row">{name}</th>""");
            foreach (var figures in all)
                html.Write($"""<td class="number">{(figures.Durations is { } some ? ReportText.Duration(value(some)) : "–")}</td>""");

            // Percentiles do not add up.
            html.Write($"""{(all.Count > 1 ? new OwnMarkup("<td></td>") : None)}</tr>""");
        }

        html.Write($"""</tbody>""");
    }

    /// <summary>The shape of the period at a glance; the chart above has its numbers.</summary>
    static void WriteSpark(HtmlWriter html, IReadOnlyList<long> finished)
    {
        const double width = 88;
        const double height = 18;
        if (finished.Count < 2 || finished.Max() is not (> 0 and var most))
            return;

        html.Write($"""<svg class="spark" viewBox="0 0 {width} {height}" aria-hidden="true"><path d="M""");
        for (var slot = 0; slot < finished.Count; slot++)
        {
            var x = slot * width / (finished.Count - 1);
            html.Write($"{(slot == 0 ? "" : "L")}{x} {height - 1 - (height - 2) * finished[slot] / most}");
        }

        html.Write($"""" "/></svg>"""");
    }
}
