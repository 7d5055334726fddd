namespace Resonance.Engine.Rules.Language;

enum TokenKind : byte
{
    End,
    Identifier,
    /// <summary>A field name between backticks.</summary>
    QuotedIdentifier,
    Literal,
    /// <summary>An int, a uint or a double: only before these is a minus a part of the literal.</summary>
    Number,
    Symbol,
}

/// <param name="Kind">What it is.</param>
/// <param name="Span">Where it stands.</param>
/// <param name="Text">An identifier, a symbol, or the digits of a number as they are written.</param>
/// <param name="Value">Of a literal.</param>
readonly record struct Token(TokenKind Kind, SourceSpan Span, string Text, Value Value)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsWord(string word) => Kind == TokenKind.Identifier && Text == word;

    public string Describe() => Kind switch
    {
        TokenKind.End => "the end of the expression",
        TokenKind.QuotedIdentifier => $"`{Text}`",
        TokenKind.Literal => "a literal",
        _ => $"'{Text}'",
    };
}
