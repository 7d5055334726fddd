using Resonance.Engine.Rules.Language;
using Xunit;

namespace Resonance.Tests.Rules;

/// <summary>Patterns mean what they mean in RE2.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData("a.c", "abc", true)]
    [InlineData("a.c", "a😀c", true)]
    [InlineData("^.$", "😀", true)]
    [InlineData("^..$", "😀", false)]
    [InlineData("a.c", "a\nc", false)]
    [InlineData("(?s)a.c", "a\nc", true)]
    [InlineData("^a$", "a\n", false)]
    [InlineData("(?m)^b$", "a\nb\nc", true)]
    [InlineData("^b$", "a\nb\nc", false)]
    [InlineData(@"^\d+$", "123", true)]
    [InlineData(@"^\d+$", "١٢", false)]
    [InlineData(@"^\w+$", "naïve", false)]
    [InlineData(@"^\W$", "ï", true)]
    [InlineData(@"^[^\d]$", "😀", true)]
    [InlineData("^[^a]$", "a", false)]
    [InlineData("^[😀-😂]$", "😁", true)]
    [InlineData("^[😀-😂]$", "😃", false)]
    [InlineData("^[a😀]{2}$", "a😀", true)]
    [InlineData("^[[:alpha:]_-]+$", "ab_-", true)]
    [InlineData("^[[:^alpha:]]$", "a", false)]
    [InlineData("^[]a]+$", "]a", true)]
    [InlineData(@"^\p{L}+$", "naïve", true)]
    [InlineData(@"^\pL+$", "naïve", true)]
    [InlineData(@"^\P{L}$", "1", true)]
    [InlineData(@"^\x41\x{1F600}$", "A😀", true)]
    [InlineData("(?i)^abc$", "ABC", true)]
    [InlineData("(?i:a)b", "Ab", true)]
    [InlineData("(?i:a)b", "AB", false)]
    [InlineData("(?i)[^a]", "A", false)]
    [InlineData("(?P<word>a+)b", "aab", true)]
    [InlineData("(?:a|b)+c", "abac", true)]
    [InlineData("a{2,3}?b", "aab", true)]
    [InlineData("^a{2}$", "aaa", false)]
    [InlineData("^a{$", "a{", true)]
    [InlineData(@"^\Qa.b\E$", "a.b", true)]
    [InlineData(@"^\Qa.b\E$", "axb", false)]
    [InlineData(@"\.com$", "example.com", true)]
    [InlineData("", "", true)]
    [InlineData("x*", "", true)]
    [InlineData("a#b c", "a#b c", true)]
    public void It_matches_what_RE2_matches(string pattern, string text, bool matches)
    {
        var budget = new Budget(10_000);
        var created = Pattern.Create(pattern, out var error);
        Assert.Null(error);

        Assert.Equal(matches, created!.Match(ref budget, text));
    }
}
