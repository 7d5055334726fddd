using System.Text.RegularExpressions;

namespace Resonance.Engine.Rules.Language;

/// <summary>
/// A regular expression in the syntax of RE2, run by the engine of .NET that does not backtrack: a match takes time in proportion
/// to the text, and to the pattern at worst with its square.
/// </summary>
sealed class Pattern
{
    /// <summary>Characters of a pattern.</summary>
    public const int LengthMax = 1_000;

    // The cost of a match keeps far below this. Should there be a pattern that is worse than those known, it ends here.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    const long TooLong = 1L << 40;

    readonly Regex _regex;

    readonly long _costOfCharacter;

    Pattern(Regex regex, PatternTranslation translation)
    {
        _regex = regex;
        // Where something repeats, a character may lead to a state that was never met, and building that takes the square of the size.
        _costOfCharacter = 16 + (translation.Repeats ? (long)translation.Size * translation.Size : translation.Size);
    }

    /// <returns>Null when it is none, or is beyond what is allowed; the error then says why.</returns>
    public static Pattern? Create(string source, out string? error)
    {
        if (source.Length > LengthMax)
        {
            error = $"a pattern has {LengthMax} characters at most, this has {source.Length}";
            return null;
        }

        var translation = PatternTranslation.Of(source);
        error = translation.Error;
        if (error is not null)
            return null;
        try
        {
            var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            return new Pattern(new Regex(translation.Text, options, Patience), translation);
        }
        // What the translation lets through and .NET does not know, or does not do without backtracking.
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            error = $"'{source}' is not a pattern that can be used here";
            return null;
        }
    }

    public Value Match(ref Budget budget, Value text)
    {
        if (text.Kind != Kind.String)
            return Catalog.NoOverload("matches", text);
        var matches = Match(ref budget, text.AsString);
        return budget.IsSpent ? Value.Exhausted : Value.Of(matches);
    }

    public bool Match(ref Budget budget, string text)
    {
        if (!budget.Charge(1 + ((text.Length * _costOfCharacter) >> 6)))
            return false;
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return budget.Charge(TooLong);
        }
    }
}
