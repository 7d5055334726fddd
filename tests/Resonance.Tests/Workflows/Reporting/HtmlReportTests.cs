using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Resonance.Contracts.Reporting;
using Resonance.Tests.Support;
using Resonance.Workflows.Reporting.Html;
using Xunit;

namespace Resonance.Tests.Workflows.Reporting;

/// <summary>The page is well-formed, so that its structure can be asked like any document's.</summary>
public sealed class HtmlReportTests
{
    static readonly ReportDurations Durations = new() { AverageMs = 1234, P50Ms = 900, P95Ms = 4000, P99Ms = 61_000 };

    [Fact]
    public void It_tells_the_figures_in_words_and_in_a_table()
    {
        var page = Read(Reports.Rendering(Reports.Figures("order", Durations), Reports.Figures("payment") with { Completed = 1_234 }));

        Assert.Equal("All workflows", Text(page, "h1"));
        Assert.Equal("22 November 2026, UTC", Assert.Single(page.Descendants("p"), ClassIs("period")).Value);
        Assert.Equal(
            ["552", "1,484", "40", "4", "62"], page.Descendants("dd").Where(element => ClassIs("figure")(element)).Select(element => element.Value));
        Assert.Equal("96.6 % of what ended", page.Descendants("dd").Where(element => ClassIs("note")(element)).ElementAt(1).Value);
        Assert.Equal(["Completed", "250", "1,234", "1,484"], Row(page, "Completed"));
        Assert.Equal(["99 of 100 within", "1 min 1 s", "–", ""], Row(page, "99 of 100 within"));
        Assert.Equal(["22 November 2026, 23:00", "46", "46"], Row(page, "22 November 2026, 23:00"));
    }

    [Fact]
    public void A_period_that_is_not_over_is_told_to_be_so()
    {
        const string notOver = "The period was not over when this was counted.";
        var report = Reports.Rendering(Reports.Figures("order"));

        Assert.DoesNotContain(notOver, Encoding.UTF8.GetString(HtmlReport.Render(report, report.To)));
        Assert.Contains(notOver, Encoding.UTF8.GetString(HtmlReport.Render(report, report.To.AddMinutes(-1))));
    }

    [Fact]
    public void Every_chart_says_what_it_shows_and_what_it_is_called()
    {
        var page = Read(Reports.Rendering(Reports.Figures("order", Durations)));

        var charts = page.Descendants("svg").Where(chart => (string?)chart.Attribute("role") == "img").ToArray();
        Assert.Equal(3, charts.Length);
        Assert.All(charts, chart =>
        {
            var told = ((string)chart.Attribute("aria-labelledby")!).Split(' ')
                .Select(id => Assert.Single(page.Descendants(), element => (string?)element.Attribute("id") == id));
            Assert.Equal(["title", "desc"], told.Select(element => element.Name.LocalName));
            Assert.All(told, element => Assert.NotEmpty(element.Value));
        });
        Assert.All(
            page.Descendants("svg").Except(charts), decoration => Assert.Equal("true", (string?)decoration.Attribute("aria-hidden")));
    }

    [Fact]
    public void It_needs_nothing_from_elsewhere_and_runs_nothing()
    {
        var page = Read(Reports.Rendering(Reports.Figures("order", Durations)));

        string[] foreign = ["script", "link", "img", "iframe", "object", "embed", "form", "base", "use", "image", "foreignObject"];
        Assert.DoesNotContain(page.Descendants(), element => foreign.Contains(element.Name.LocalName));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute =>
            attribute.Name.LocalName is "src" or "href" or "style" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotMatch("url\\(|@import|&", Text(page, "style"));
        Assert.Contains("prefers-color-scheme: dark", Text(page, "style"));
    }

    [Theory]
    [InlineData("</title><script>alert(1)</script>")]
    [InlineData("\" onload=\"alert(1)")]
    [InlineData("<!-- & 'größe' ]]>")]
    public void What_others_named_is_text_and_nothing_else(string hostile)
    {
        var page = Read(Reports.Rendering(Reports.Figures(hostile, Durations)) with { Key = hostile, Kind = hostile });

        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName == "onload");
        Assert.Equal(hostile, Assert.Single(page.Descendants("p"), ClassIs("eyebrow")).Value);
        Assert.Equal($"Workflow {hostile}", Text(page, "h1"));
        Assert.Contains(page.Descendants("th"), header => header.Value == hostile);
        Assert.Contains(page.Descendants("text"), name => name.Value == hostile);
    }

    [Theory]
    [InlineData(1, 3600)]
    [InlineData(2, 3600)]
    [InlineData(24, 3600)]
    [InlineData(73, 3600)]
    [InlineData(4, 86400)]
    [InlineData(31, 86400)]
    [InlineData(100, 86400)]
    [InlineData(367, 86400)]
    public void A_timeline_of_any_length_has_a_column_each_and_labels_that_can_be_read(int slots, int seconds)
    {
        var timeline = new ReportTimeline
        {
            From = Reports.Day,
            SlotSeconds = seconds,
            Started = [.. Enumerable.Repeat(3L, slots)],
            Finished = [.. Enumerable.Range(1, slots).Select(number => (long)number)],
        };
        var page = Read(Reports.Rendering(Reports.Figures("order", Durations) with { Timeline = timeline }));

        var chart = Assert.Single(page.Descendants("svg"), chart => chart.Element("title")?.Attribute("id")?.Value == "timeline-title");
        Assert.Equal(slots, chart.Elements("rect").Count());
        var labels = chart.Elements("text").Where(text => (string?)text.Attribute("class") is "note mid" or "note start").ToArray();
        Assert.InRange(labels.Length, 1, 9);
        var places = labels.Select(label => (double)label.Attribute("x")!).ToArray();
        Assert.All(places.Zip(places.Skip(1)), pair => Assert.True(pair.Second - pair.First > 55, $"Labels at {pair.First} and {pair.Second} touch."));
        Assert.Equal(slots, page.Descendants("details").Descendants("tbody").Elements("tr").Count());
        Assert.All(Numbers(chart), number => Assert.InRange(number, 0, 1080));
    }

    [Fact]
    public void Numbers_of_any_size_stay_in_the_picture()
    {
        var none = Reports.Figures("idle") with
        {
            Started = 0,
            Completed = 0,
            Failed = 0,
            Cancelled = 0,
            Timeline = Reports.Figures("idle").Timeline with { Started = new long[24], Finished = new long[24] },
        };
        var much = Reports.Figures("busy", new ReportDurations { AverageMs = 1, P50Ms = 0, P95Ms = 1, P99Ms = 90_000_000_000 }) with
        {
            Completed = 4_000_000_000,
            Failed = 1,
            Cancelled = 1,
        };

        foreach (var page in (XDocument[])[Read(Reports.Rendering(none, much)), Read(Reports.Rendering(none)), Read(Reports.Rendering(much))])
        {
            Assert.DoesNotMatch("NaN|∞|Infinity|E\\+", page.ToString());
            Assert.All(page.Descendants("svg").SelectMany(Numbers), number => Assert.InRange(number, 0, 1080));
        }

        Assert.Contains("No instance was completed or failed.", Read(Reports.Rendering(none)).ToString());
    }

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(999, "999 ms")]
    [InlineData(1_250, "1.25 s")]
    [InlineData(59_999, "60 s")]
    [InlineData(125_000, "2 min 5 s")]
    [InlineData(3_600_000, "1 h")]
    [InlineData(187_200_000, "2 d 4 h")]
    public void A_duration_has_two_units_at_most(long milliseconds, string text) => Assert.Equal(text, ReportText.Duration(milliseconds));

    [Theory]
    [InlineData(0, 24, "22 November 2026, UTC")]
    [InlineData(0, 72, "22 November 2026 – 24 November 2026, UTC")]
    [InlineData(9, 12, "22 November 2026, 09:00 – 12:00 UTC")]
    [InlineData(9, 36, "22 November 2026, 09:00 – 23 November 2026, 12:00 UTC")]
    public void A_period_is_told_as_people_would(int from, int to, string text) =>
        Assert.Equal(text, ReportText.Period(Reports.Day.AddHours(from), Reports.Day.AddHours(to).ToOffset(TimeSpan.FromHours(9))));

    static XDocument Read(RenderReport report)
    {
        var html = Encoding.UTF8.GetString(HtmlReport.Render(report, Reports.Day.AddDays(2)));
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    static string Text(XDocument page, string name) => Assert.Single(page.Descendants(name)).Value;

    static Predicate<XElement> ClassIs(string name) => element => (string?)element.Attribute("class") == name;

    static IEnumerable<string> Row(XDocument page, string name) =>
        Assert.Single(page.Descendants("tr"), row => row.Element("th")?.Value == name && row.Element("td") is not null)
            .Elements().Select(cell => cell.Value);

    static IEnumerable<double> Numbers(XElement chart) => chart.DescendantsAndSelf().Attributes()
        .Where(attribute => attribute.Name.LocalName is "x" or "y" or "x1" or "x2" or "y1" or "y2" or "width" or "height" or "cx" or "cy" or "d")
        .SelectMany(attribute => Regex.Matches(attribute.Value, "-?[0-9.]+").Select(match => double.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture)));
}
