using System.Diagnostics;
using Resonance.Engine.Rules.Language;
using Xunit;

namespace Resonance.Tests.Rules;

/// <summary>What somebody might write into a rule to hurt the engine.</summary>
public sealed class HostileInputTests
{
    static readonly string Ten = "[1,2,3,4,5,6,7,8,9,10]";

    public static TheoryData<string> Nested => [.. Nestings(10_000)];

    static IEnumerable<string> Nestings(int levels)
    {
        string Repeat(string text) => string.Concat(Enumerable.Repeat(text, levels));
        yield return Repeat("(") + "true" + Repeat(")");
        yield return Repeat("[") + "1" + Repeat("]") + " == []";
        yield return Repeat("{1:") + "1" + Repeat("}") + " == {}";
        yield return Repeat("!") + "true";
        yield return Repeat("-") + "attempts == 1";
        yield return "1" + Repeat("+1") + " == 1";
        yield return "''" + Repeat("+''") + " == ''";
        yield return Repeat("dyn(") + "true" + Repeat(")");
        yield return "dyn(labels)" + Repeat(".a") + " == 1";
        yield return "dyn(labels)" + Repeat("[0]") + " == 1";
        yield return Repeat("true ? true : ") + "true";
        yield return Repeat("true ? (") + "true" + Repeat(") : true");
        yield return Repeat("[1].all(x, ") + "true" + Repeat(")");
        yield return "''" + Repeat(".trim()") + " == ''";
        yield return "true" + Repeat(" == true");
        yield return Repeat("true && (false || ") + "true" + Repeat(")");
    }

    [Theory]
    [MemberData(nameof(Nested))]
    public void Nesting_without_end_is_refused(string source)
    {
        var limits = LanguageLimits.Default with { SourceLength = 1_000_000 };

        Assert.Null(RuleExpression<SampleFacts>.Load(source, out var errors, limits));

        Assert.Contains("nested deeper than 160 levels", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    // As deep as can be allowed, on half of the stack that a thread of the pool has.
    [Fact]
    public void What_is_nested_as_deep_as_is_allowed_needs_little_stack()
    {
        var limits = LanguageLimits.Default with { Nesting = 250, Cost = 1_000_000 };
        var accepted = 0;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    foreach (var source in new[] { 124, 248 }.SelectMany(Nestings))
                    {
                        if (RuleExpression<SampleFacts>.Load(source, out _, limits) is not { } rule)
                            continue;
                        accepted++;
                        rule.Evaluate(SampleFacts.Typical);
                        rule.Explain(SampleFacts.Typical);
                    }
                }
                catch (Exception unexpected)
                {
                    failure = unexpected;
                }
            },
            maxStackSize: 768 * 1024);
        thread.Start();
        thread.Join();

        Assert.Null(failure);
        Assert.True(accepted > 15);
    }

    [Fact]
    public void A_long_chain_of_conditions_is_no_nesting()
    {
        var source = "express" + string.Concat(Enumerable.Repeat(" && attempts > 0", 900));

        var rule = RuleExpression<SampleFacts>.Load(source, out var errors);

        Assert.Empty(errors);
        Assert.True(rule!.Evaluate(SampleFacts.Typical).Passed);
    }

    [Fact]
    public void A_source_that_is_too_long_is_refused_unread()
    {
        Assert.Null(RuleExpression<SampleFacts>.Load(new string('(', 20_000), out var errors));

        Assert.Equal("1:16385: the expression is longer than 16384 characters", Assert.Single(errors).ToString());
    }

    public static TheoryData<string> Expensive =>
    [
        $"{Ten}.all(a, {Ten}.all(b, {Ten}.all(c, {Ten}.all(d, {Ten}.all(e, {Ten}.all(f, a + b + c + d + e + f > 0))))))",
        $"{Ten}.map(a, {Ten}.map(b, {Ten}.map(c, {Ten}.map(d, {Ten}.map(e, {Ten}.map(f, a)))))).size() > 0",
        $"{Ten}.exists(a, a / 0 == 1 || {Ten}.all(b, {Ten}.all(c, {Ten}.all(d, {Ten}.all(e, {Ten}.all(f, true))))))",
        "[tags[0] + 'xxxxxxxxxxxxxxxx']" + string.Concat(Enumerable.Repeat(".map(x, x + x)", 40)) + " == []",
        "[[1, 2, 3]]" + string.Concat(Enumerable.Repeat(".map(x, x + x)", 40)) + " == []",
        "[currency]" + string.Concat(Enumerable.Repeat(".map(x, x.replace('', x))", 12)) + " == []",
        "[currency]" + string.Concat(Enumerable.Repeat(".map(x, [x, x, x, x].join(x))", 30)) + " == []",
        "[currency]" + string.Concat(Enumerable.Repeat(".map(x, '%s%s%s'.format([x, x, x]))", 40)) + " == []",
        "[currency]" + string.Concat(Enumerable.Repeat(".map(x, '%x'.format([x + x]))", 40)) + " == []",
        "[b'ab']" + string.Concat(Enumerable.Repeat(".map(x, x + x)", 60)) + " == []",
        "[currency]" + string.Concat(Enumerable.Repeat(".map(x, strings.quote(x + '\\n' + x))", 60)) + " == []",
        "[currency]" + string.Concat(Enumerable.Repeat(".map(x, x + x)", 17)) + ".all(x, x.matches('(a|aa)+$') || x.matches('(.*)*x'))",
        $"{Ten}.all(a, {Ten}.all(b, {Ten}.all(c, placed_at.getHours('No/Such' + string(a * b * c)) > 0 || true)))",
        $"{Ten}.all(a, {Ten}.all(b, {Ten}.all(c, currency.matches('a' + string(a * b * c)) || true)))",
    ];

    [Theory]
    [MemberData(nameof(Expensive))]
    public void What_costs_too_much_ends_with_its_budget(string source)
    {
        var rule = RuleExpression<SampleFacts>.Load(source, out var errors);
        Assert.Empty(errors);
        rule!.Evaluate(SampleFacts.Typical);

        var start = Stopwatch.GetTimestamp();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var verdict = rule.Evaluate(SampleFacts.Typical);

        Assert.Equal("the evaluation would cost more than its budget", verdict.Error?.Message);
        // Some milliseconds; the bound is so wide because machines that run tests are busy.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 2);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 200_000_000);
    }

    [Theory]
    [InlineData("(?=a)b", "it looks around")]
    [InlineData("(?<!a)b", "it looks around")]
    [InlineData(@"(a)\1", @"there is no '\1'")]
    [InlineData("(?>a+)b", "it looks around")]
    [InlineData("((a{1000}){1000}){1000}", "with its repetitions written out it is too long")]
    [InlineData("a{2000}", "from 0 to 1000")]
    [InlineData("a**", "repeats a repetition")]
    [InlineData("*a", "nothing before its '*'")]
    [InlineData("[z-a]", "from the smaller to the greater")]
    [InlineData("[[:nope:]]", "there is no class")]
    [InlineData(@"\p{Greek}", "is not known here")]
    public void A_pattern_that_RE2_does_not_know_is_refused(string pattern, string reason)
    {
        Assert.Null(Pattern.Create(pattern, out var error));

        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    // Patterns that make the engine of .NET build a state for every character, as large as they are accepted.
    [Theory]
    [InlineData("([ab]*a[ab]{26}){5}c")]
    [InlineData("([ab]*a[ab]{12}){9}c")]
    [InlineData("(a|b)*a(a|b){90}c")]
    [InlineData("(([ab]?a?){5}[ab]*){10}c")]
    public void A_match_costs_what_it_may_take(string pattern)
    {
        var random = new Random(1);
        var text = string.Concat(Enumerable.Range(0, 1_000).Select(_ => random.Next(2) == 0 ? 'a' : 'b'));
        var budget = new Budget(LanguageLimits.Default.Cost);
        var created = Pattern.Create(pattern, out var error);
        Assert.Null(error);

        Assert.False(created!.Match(ref budget, text));

        Assert.True(budget.IsSpent);
    }

    [Fact]
    public void A_long_list_of_words_is_a_pattern()
    {
        var budget = new Budget(LanguageLimits.Default.Cost);
        var words = Pattern.Create($"^({string.Join('|', Enumerable.Range(100, 180).Select(number => $"W{number}"))})$", out var error);
        Assert.Null(error);

        Assert.True(words!.Match(ref budget, "W250"));
        Assert.True(budget.Cost < 100);
    }

    [Fact]
    public void No_name_of_a_time_zone_is_a_path()
    {
        var rule = RuleExpression<SampleFacts>.Load("placed_at.getHours('../../etc/passwd') == 1", out _)!;

        Assert.Equal("getHours: there is no time zone '../../etc/passwd'", rule.Evaluate(SampleFacts.Typical).Error?.Message);
    }
}
