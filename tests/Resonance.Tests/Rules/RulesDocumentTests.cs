using System.Text.Json;
using System.Text.RegularExpressions;
using Resonance.Engine.Rules.Language;
using Resonance.Tests.House;
using Xunit;

namespace Resonance.Tests.Rules;

/// <summary>Every example of docs/rules.md gives what the document says.</summary>
public sealed partial class RulesDocumentTests
{
    static readonly string Text = File.ReadAllText(Path.Combine(SourceTree.FindRoot(AppContext.BaseDirectory), "docs", "rules.md"));
    static readonly FactsType Facts = FactsType.Of<DocOrder>();

    sealed record DocOrder(
        double Total, string Currency, bool Express, int Attempts, double FraudScore, string? Note, DateTimeOffset PlacedAt,
        TimeSpan Waited, DocCustomer Customer, IReadOnlyList<DocLine> Lines, IReadOnlyList<string> Tags,
        IReadOnlyDictionary<string, double> Credits);

    sealed record DocCustomer(string Name, string Country, string? Email);

    sealed record DocLine(string Sku, int Quantity, int Available, decimal Price);

    public static IEnumerable<TheoryDataRow<string, string>> Examples =>
        from block in CelBlock().Matches(Text)
        from line in block.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        let mark = line.LastIndexOf("// ", StringComparison.Ordinal)
        select new TheoryDataRow<string, string>(line[..mark].Trim(), line[(mark + 3)..].Trim());

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_gives_what_stands_behind_it(string source, string expected) => Assert.Equal(expected, Outcome(source, expected));

    [Fact]
    public void There_are_examples_and_each_line_is_one()
    {
        Assert.True(Examples.Count() > 80);
        Assert.Equal(CelBlock().Count(Text), Text.Split("```cel").Length - 1);
    }

    [Fact]
    public void The_table_of_facts_is_that_of_the_record()
    {
        var table = FactRow().Matches(Text).Select(row => (row.Groups["name"].Value, row.Groups["type"].Value));

        Assert.Equal(Facts.Names.Select(name => (name, Facts.TypeOf(name)!)), table);
    }

    [Fact]
    public void Every_function_is_told_of() =>
        Assert.DoesNotContain(Catalog.Names, name => !Text.Contains($"`{name}`", StringComparison.Ordinal));

    // Where an example gives a value, what the document says is an expression itself, and has to give just the same.
    static string Outcome(string source, string expected)
    {
        var syntax = Parser.Parse(source, LanguageLimits.Default, out var error);
        if (syntax is null)
            return $"refused: {Told(error!)}";
        var (expression, errors) = Checker.Check(source, syntax, Facts.Declarations, wanted: null);
        if (errors.Count > 0)
            return $"refused: {Told(Assert.Single(errors))}";

        var value = expression.Evaluate(Document, LanguageLimits.Default.Cost).Value;
        if (value.IsError)
            return $"error: {value.AsError.Message}";
        var budget = new Budget(LanguageLimits.Default.Cost);
        var told = Parser.Parse(expected, LanguageLimits.Default, out _)!;
        var other = Checker.Bind(expected, told, Facts.Declarations).Evaluate(Document, 1_000).Value;
        return value.Kind == other.Kind && Equality.AreSame(ref budget, value, other) ? expected : ValueText.Quoted(value);
    }

    static string Told(ExpressionError error) => error.ToString()[(error.ToString().IndexOf(": ", StringComparison.Ordinal) + 2)..];

    static FactsSource Document => new DocumentFacts(Facts, JsonElement.Parse(FactsBlock().Match(Text).Groups["json"].Value));

    [GeneratedRegex(@"^```cel\n(?<lines>(?:.+ // .+\n)+)```$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex CelBlock();

    [GeneratedRegex(@"^```json facts\n(?<json>[^`]+)```$", RegexOptions.Multiline)]
    private static partial Regex FactsBlock();

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<type>[^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex FactRow();
}
