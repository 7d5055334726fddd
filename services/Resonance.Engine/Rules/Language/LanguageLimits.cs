namespace Resonance.Engine.Rules.Language;

/// <summary>What an expression may take at most. Nothing that somebody writes into a rule gets past these.</summary>
public sealed record LanguageLimits
{
    /// <summary>Characters of a source where nothing else is said.</summary>
    public const int DefaultSourceLength = 16_384;

    /// <summary>The limits of rules that say nothing else.</summary>
    public static LanguageLimits Default { get; } = new();

    /// <summary>What one evaluation may cost: about one unit for each operation, more for those that work on much.</summary>
    /// <value>From 1; 100,000 by default, which is some milliseconds.</value>
    public long Cost { get; init; } = 100_000;

    /// <summary>Characters of the source.</summary>
    /// <value>From 1; <see cref="DefaultSourceLength"/> by default.</value>
    public int SourceLength { get; init; } = DefaultSourceLength;

    /// <summary>How deep an expression may be nested, where <c>a + b + c</c> is nested twice.</summary>
    /// <value>From 1 to 250, since each level takes stack; 160 by default.</value>
    public int Nesting { get; init; } = 160;
}
