using Resonance.Tests.Approved;
using Resonance.Tests.House;
using Xunit;

namespace Resonance.Tests.Observability;

public sealed class MetricTableTests
{
    [Fact]
    public Task The_metrics_are_what_was_approved() =>
        ApprovedFile.AssertAsync("metrics.txt", string.Join('\n', MetricTable.Lines), TestContext.Current.CancellationToken);

    [Fact]
    public async Task The_page_has_the_table_of_all_metrics()
    {
        var root = SourceTree.FindRoot(AppContext.BaseDirectory);
        var page = await File.ReadAllTextAsync(Path.Combine(root, "docs/observability.md"), TestContext.Current.CancellationToken);
        var section = page.ReplaceLineEndings("\n").Split("\n## ").Single(part => part.StartsWith("Metrics\n", StringComparison.Ordinal));

        Assert.Equal(MetricTable.Lines, section.Split('\n').Where(line => line.StartsWith("| `resonance.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Names_and_units_follow_the_conventions() => Assert.All(MetricTable.All, metric =>
    {
        Assert.Matches("^resonance(\\.[a-z]+(_[a-z]+)*)+$", metric.Name);
        Assert.Matches("^(s|\\{[a-z]+\\})$", metric.Unit);
        Assert.EndsWith(".", metric.Tells);

        // Whoever adds the series of a thousand instances up has no dashboard any more.
        Assert.DoesNotContain(metric.Attributes, attribute => attribute.Split('.')[^1] is "id" or "key");
    });

    [Fact]
    public void No_metric_is_declared_twice() => Assert.Distinct(MetricTable.All.Select(metric => metric.Name));
}
