using System.Text.Json;
using System.Text.RegularExpressions;
using Resonance.Tests.House;
using Xunit;

namespace Resonance.Tests.Observability;

/// <summary>The dashboard asks for nothing that is not there, and leaves nothing out.</summary>
public sealed partial class DashboardTests
{
    static readonly string File = Path.Combine(
        SourceTree.FindRoot(AppContext.BaseDirectory), "observability/grafana/dashboards/resonance.json");

    static readonly IReadOnlyList<string> Expressions = Read();

    static readonly ILookup<string, string> LabelsByName = (
        from metric in MetricTable.All
        from name in MetricTable.PrometheusNames(metric)
        from label in metric.Attributes.Select(MetricTable.Label).Concat(name.EndsWith("_bucket", StringComparison.Ordinal) ? ["le"] : [])
        select (name, label)).ToLookup(pair => pair.name, pair => pair.label);

    static readonly HashSet<string> Names = [.. MetricTable.All.SelectMany(MetricTable.PrometheusNames)];

    [Fact]
    public void Every_metric_that_it_names_exists() =>
        Assert.Empty(Expressions.SelectMany(NamesIn).Distinct().Except(Names));

    [Fact]
    public void Every_metric_of_the_engine_is_on_it() =>
        Assert.Empty(MetricTable.All
            .Where(metric => !MetricTable.PrometheusNames(metric).Intersect(Expressions.SelectMany(NamesIn)).Any())
            .Select(metric => metric.Name));

    [Fact]
    public void Every_label_that_it_names_is_one_of_its_metric() => Assert.All(Expressions, expression =>
    {
        var known = NamesIn(expression).SelectMany(name => LabelsByName[name]).ToHashSet();
        var named = Grouping().Matches(expression).SelectMany(by => by.Groups[1].Value.Split(','))
            .Concat(Selector().Matches(expression).Select(matched => matched.Groups[1].Value))
            .Select(label => label.Trim());
        Assert.All(named, label => Assert.Contains(label, known));
    });

    [Fact]
    public void A_name_that_is_not_there_would_be_found() =>
        Assert.Equal(["resonance_workflow_finised_total"], NamesIn("rate(resonance_workflow_finised_total[5m])").Except(Names));

    static IEnumerable<string> NamesIn(string expression) => Name().Matches(WithoutLabels(expression)).Select(match => match.Value);

    static string WithoutLabels(string expression) => Grouping().Replace(Braces().Replace(expression, ""), "");

    static List<string> Read()
    {
        using var dashboard = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        List<string> expressions =
        [
            .. from panel in dashboard.RootElement.GetProperty("panels").EnumerateArray()
               where panel.TryGetProperty("targets", out _)
               from target in panel.GetProperty("targets").EnumerateArray()
               select target.GetProperty("expr").GetString(),
        ];
        Assert.NotEmpty(expressions);
        return expressions;
    }

    [GeneratedRegex("resonance_[a-z_]+")]
    private static partial Regex Name();

    [GeneratedRegex("\\{[^}]*\\}")]
    private static partial Regex Braces();

    [GeneratedRegex("\\bby \\(([^)]*)\\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("[{,]\\s*([a-z_]+)\\s*=~?")]
    private static partial Regex Selector();
}
