namespace Resonance.Workflows.Reporting.Html;

/// <summary>A column for each hour or day: instances that ended; a line above them: instances that started.</summary>
sealed class TimelineChart
{
    const double Width = 1080;
    const double Height = 270;
    const double Top = 10;
    const double Bottom = 240;
    const int LabelsMax = 9;

    readonly HtmlWriter _html;
    readonly SummedTimeline _timeline;
    readonly long _step;
    readonly long _top;
    readonly double _left;
    readonly double _slot;

    TimelineChart(HtmlWriter html, SummedTimeline timeline)
    {
        _html = html;
        _timeline = timeline;
        var most = Math.Max(1, Math.Max(timeline.Finished.Max(), timeline.Started.Max()));
        _step = StepOf(most);
        _top = (most + _step - 1) / _step * _step;
        _left = 18 + 8 * ReportText.Count(_top).Length;
        _slot = (Width - _left) / timeline.Count;
    }

    public static void Write(HtmlWriter html, SummedTimeline timeline) => new TimelineChart(html, timeline).Write();

    void Write()
    {
        var unit = _timeline.ByDay ? "day" : "hour";
        _html.Write($"""<figure class="wide"><h2>When they ended</h2><div class="scroll">""");
        _html.Write($"""<svg viewBox="0 0 {Width} {Height}" role="img" """);
        _html.Write($"""aria-labelledby="timeline-title timeline-desc"><title id="timeline-title">Instances by {unit}</title>""");
        _html.Write($"""<desc id="timeline-desc">A column for each {unit} with the instances that ended, and a line with those that """);
        _html.Write($"""started. At most {ReportText.Count(_timeline.Finished.Max())} ended in one {unit}. """);
        _html.Write($"""The table below has the numbers.</desc>""");
        for (var value = 0L; value <= _top; value += _step)
        {
            _html.Write($"""<line class="grid" x1="{_left}" x2="{Width}" y1="{Y(value)}" y2="{Y(value)}"/>""");
            _html.Write($"""<text class="note end" x="{_left - 10}" y="{Y(value) + 4}">{ReportText.Count(value)}</text>""");
        }

        WriteColumns();
        WriteLine();
        WriteLabels();
        _html.Write($"""</svg></div><figcaption><span class="key good">ended</span><span class="key line">started</span></figcaption>""");
        WriteTable(_html, _timeline, unit);
        _html.Write($"""</figure>""");
    }

    void WriteColumns()
    {
        var width = Math.Min(72, _slot > 5 ? _slot - Math.Min(_slot * 0.24, 8) : _slot * 0.9);
        for (var index = 0; index < _timeline.Count; index++)
        {
            var count = _timeline.Finished[index];
            if (count == 0)
                continue;

            var y = Math.Min(Y(count), Bottom - 2);
            var x = _left + (index + 0.5) * _slot - width / 2;
            _html.Write($"""<rect class="good" x="{x}" y="{y}" width="{width}" height="{Bottom - y}" """);
            _html.Write($"""rx="{Math.Min(2, _slot / 4)}"><title>{_timeline.NameOf(index)}: {ReportText.Count(count)} ended, """);
            _html.Write($"""{ReportText.Count(_timeline.Started[index])} started</title></rect>""");
        }
    }

    void WriteLine()
    {
        _html.Write($"""<path class="line" d="M{_left} {Y(_timeline.Started[0])}""");
        for (var index = 0; index < _timeline.Count; index++)
            _html.Write($"V{Y(_timeline.Started[index])}H{_left + (index + 1) * _slot}");
        _html.Write($"""" "/>"""");
    }

    void WriteLabels()
    {
        // Where each column has a label it stands under the column's middle, otherwise where the hour or the day begins.
        var (shift, anchor) = _timeline.Count <= LabelsMax ? (0.5, "mid") : (0, "start");
        for (var index = 0; index < _timeline.Count; index++)
        {
            var x = _left + (index + shift) * _slot;
            if (_timeline.LabelOf(index, LabelsMax) is { } text && x < Width - 24)
                _html.Write($"""<text class="note {anchor}" x="{x}" y="{Bottom + 22}">{text}</text>""");
        }
    }

    double Y(long value) => Bottom - (Bottom - Top) * value / _top;

    static void WriteTable(HtmlWriter html, SummedTimeline timeline, string unit)
    {
        html.Write($"""<details><summary>The same as a table</summary><div class="scroll"><table class="plain"><thead><tr>""");
        html.Write($"""<th scope="col">{(unit == "day" ? "Day" : "Hour")}, UTC</th><th scope="col" class="number">Started</th>""");
        html.Write($"""<th scope="col" class="number">Ended</th></tr></thead><tbody>""");
        for (var index = 0; index < timeline.Count; index++)
        {
            html.Write($"""<tr><th scope="row">{timeline.NameOf(index)}</th>""");
            html.Write($"""<td class="number">{ReportText.Count(timeline.Started[index])}</td>""");
            html.Write($"""<td class="number">{ReportText.Count(timeline.Finished[index])}</td></tr>""");
        }

        html.Write($"""</tbody></table></div></details>""");
    }

    /// <summary>1, 2 or 5 times a power of ten, so that there are at most four steps.</summary>
    static long StepOf(long most)
    {
        for (var power = 1L; ; power *= 10)
        {
            foreach (var step in (ReadOnlySpan<long>)[power, 2 * power, 5 * power])
            {
                if (most <= 4 * step)
                    return step;
            }
        }
    }
}
