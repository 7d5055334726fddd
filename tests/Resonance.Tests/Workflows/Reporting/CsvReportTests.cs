using System.Text;
using Resonance.Contracts.Reporting;
using Resonance.Tests.Approved;
using Resonance.Tests.Support;
using Resonance.Workflows.Reporting;
using Xunit;

namespace Resonance.Tests.Workflows.Reporting;

public sealed class CsvReportTests
{
    [Fact]
    public Task A_table_has_a_line_for_each_workflow_and_leaves_empty_what_there_is_not() => ApprovedFile.AssertAsync(
        "report.csv",
        Render(
            Reports.Figures("order", new ReportDurations { AverageMs = 1234, P50Ms = 900, P95Ms = 4000, P99Ms = 61_000 }),
            Reports.Figures("payment") with { Started = 1_234_567 }),
        TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("a,\"b\"\nc", "\"a,\"\"b\"\"\nc\"")]
    [InlineData("=cmd()", "\"'=cmd()\"")]
    public void A_name_stays_in_its_column_and_is_no_formula(string name, string written)
    {
        var table = Render(Reports.Figures(name));

        Assert.StartsWith($"{written},2026", table[(table.IndexOf("\r\n", StringComparison.Ordinal) + 2)..]);
    }

    [Fact]
    public void It_is_UTF_8_without_a_mark() => Assert.Equal((byte)'w', CsvReport.Render(Reports.Rendering(Reports.Figures("order")))[0]);

    static string Render(params IReadOnlyList<ReportFigures> figures) =>
        Encoding.UTF8.GetString(CsvReport.Render(Reports.Rendering(figures)));
}
