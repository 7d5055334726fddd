using System.Text.Json;
using Resonance.Engine.Rules.Language;
using Xunit;

namespace Resonance.Tests.Rules.Conformance;

public sealed class ConformanceTests
{
    /// <summary>Cases that are not met, each with the reason. One that is met does not belong here, and fails the test.</summary>
    static readonly Dictionary<string, string> OutOfScope = new(StringComparer.Ordinal);

    public static IEnumerable<TheoryDataRow<string>> Sections =>
        ConformanceCase.All.Select(item => $"{item.Suite}/{item.Section}").Distinct().Select(section => new TheoryDataRow<string>(section));

    [Theory]
    [MemberData(nameof(Sections))]
    public void The_language_means_what_the_public_suite_says(string section)
    {
        var failures = ConformanceCase.All
            .Where(item => $"{item.Suite}/{item.Section}" == section)
            .Select(item => (item.Id, Failure: item.Run()))
            .Select(result => OutOfScope.ContainsKey(result.Id)
                ? result.Failure is null ? $"{result.Id} is met: take it off the list" : null
                : result.Failure)
            .OfType<string>();
        var all = string.Join('\n', failures);
        Assert.True(all.Length == 0, all);
    }

    [Fact]
    public void Compiled_rules_mean_the_same()
    {
        // Those that are rules as they are: true or false, about nothing but themselves.
        var cases = ConformanceCase.All.Where(item => item.IsChecked && item.IsVerdict && !OutOfScope.ContainsKey(item.Id)).ToArray();
        var wrong = cases.Where(item => RuleExpression<SampleFacts>.Load(item.Source, out _) is not { } rule
            || rule.Evaluate(SampleFacts.Typical) is var verdict && (verdict.Error is not null || verdict.Passed != item.ExpectsTrue));

        Assert.True(cases.Length > 300);
        Assert.Empty(wrong.Select(item => $"{item.Id}: {item.Source}"));
    }

    [Fact]
    public void No_case_of_the_sample_is_lost() => Assert.Equal(911, ConformanceCase.All.Count);

    [Theory]
    [InlineData("""{"type": "int", "value": "4"}""")]
    [InlineData("""{"type": "uint", "value": "3"}""")]
    [InlineData("""{"type": "error"}""")]
    public void A_wrong_result_is_noticed(string expected)
    {
        var wrong = new ConformanceCase(
            "", "", "", "1 + 2", JsonElement.Parse("{}"), IsChecked: true, Expected: JsonElement.Parse(expected));

        Assert.NotNull(wrong.Run());
    }

    [Fact]
    public void What_is_out_of_scope_is_a_case() =>
        Assert.Empty(OutOfScope.Keys.Except(ConformanceCase.All.Select(item => item.Id)));
}
