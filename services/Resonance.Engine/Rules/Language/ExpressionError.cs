namespace Resonance.Engine.Rules.Language;

/// <summary>Why an expression was refused before it ever ran.</summary>
/// <param name="Message">What is wrong and what was expected, for people.</param>
/// <param name="Span">The part of the source that is meant.</param>
/// <param name="Line">Line of its first character, from 1.</param>
/// <param name="Column">Column of its first character, from 1.</param>
/// <param name="Suggestion">The name that was probably meant; null when none comes close.</param>
public sealed record ExpressionError(string Message, SourceSpan Span, int Line, int Column, string? Suggestion = null)
{
    internal static ExpressionError At(string source, SourceSpan span, string message, string? suggestion = null)
    {
        var (line, column) = span.Position(source);
        return new ExpressionError(message, span, line, column, suggestion);
    }

    /// <summary>Such as <c>1:7: there is no fact 'totl'; did you mean 'total'?</c></summary>
    public override string ToString() =>
        $"{Line}:{Column}: {Message}" + (Suggestion is null ? "" : $"; did you mean '{Suggestion}'?");
}
