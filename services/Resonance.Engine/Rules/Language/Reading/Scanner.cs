namespace Resonance.Engine.Rules.Language;

/// <summary>Cuts a source into tokens. After its first error it gives nothing but the end.</summary>
sealed class Scanner(string source)
{
    static readonly string[] Symbols =
        ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ",", ".", "(", ")", "[", "]", "{", "}"];

    int _at;

    public ExpressionError? Error { get; private set; }

    public Token Next()
    {
        SkipSpace();
        if (Error is not null || _at >= source.Length)
            return new Token(TokenKind.End, new SourceSpan(source.Length, 0), "", default);

        var first = source[_at];
        if (IsLiteralStart(out var prefix))
            return StringLiteral(prefix);
        if (IsLetter(first))
            return Identifier();
        if (char.IsAsciiDigit(first) || (first == '.' && char.IsAsciiDigit(Peek(1))))
            return Number();
        if (first == '`')
            return Quoted();

        foreach (var symbol in Symbols)
        {
            if (source.AsSpan(_at).StartsWith(symbol))
                return Take(TokenKind.Symbol, symbol.Length, symbol);
        }

        return Fail(new SourceSpan(_at, 1), Unexpected(first));
    }

    static string Unexpected(char first) => first switch
    {
        '=' => "'=' assigns, which a rule cannot do: write '==' to compare",
        '&' => "'&' is not an operator: write '&&' for 'and'",
        '|' => "'|' is not an operator: write '||' for 'or'",
        _ => $"the character '{first}' means nothing here",
    };

    void SkipSpace()
    {
        while (_at < source.Length)
        {
            if (source[_at] is ' ' or '\t' or '\n' or '\f' or '\r')
            {
                _at++;
            }
            else if (source[_at] == '/' && Peek(1) == '/')
            {
                var end = source.IndexOf('\n', _at);
                _at = end < 0 ? source.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    char Peek(int ahead) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    static bool IsLetter(char character) => char.IsAsciiLetter(character) || character == '_';

    Token Identifier()
    {
        var length = 1;
        while (IsLetter(Peek(length)) || char.IsAsciiDigit(Peek(length)))
            length++;
        return Take(TokenKind.Identifier, length, source.Substring(_at, length));
    }

    Token Quoted()
    {
        var length = 1;
        while (IsLetter(Peek(length)) || char.IsAsciiDigit(Peek(length)) || Peek(length) is '.' or '-' or '/' or ' ')
            length++;
        return Peek(length) == '`' && length > 1
            ? Take(TokenKind.QuotedIdentifier, length + 1, source.Substring(_at + 1, length - 1))
            : Fail(new SourceSpan(_at, length), "a name between backticks has letters, digits, '_', '.', '-', '/' and spaces");
    }

    Token Number()
    {
        if (source[_at] == '0' && Peek(1) is 'x' or 'X')
            return source[_at + 1] == 'x' ? Hexadecimal() : Fail(new SourceSpan(_at, 2), "a hexadecimal number begins with '0x'");

        var length = Digits(0);
        var isDouble = false;
        if (Peek(length) == '.' && char.IsAsciiDigit(Peek(length + 1)))
        {
            isDouble = true;
            length = Digits(length + 1);
        }

        if (Peek(length) is 'e' or 'E')
        {
            var digits = length + (Peek(length + 1) is '+' or '-' ? 2 : 1);
            if (char.IsAsciiDigit(Peek(digits)))
            {
                isDouble = true;
                length = Digits(digits);
            }
        }

        return NumberToken(isDouble ? length : length + (Peek(length) is 'u' or 'U' ? 1 : 0));
    }

    Token Hexadecimal()
    {
        var length = 2;
        while (char.IsAsciiHexDigit(Peek(length)))
            length++;
        return length == 2
            ? Fail(new SourceSpan(_at, 2), "expected hexadecimal digits after '0x'")
            : NumberToken(length + (Peek(length) is 'u' or 'U' ? 1 : 0));
    }

    int Digits(int ahead)
    {
        while (char.IsAsciiDigit(Peek(ahead)))
            ahead++;
        return ahead;
    }

    Token NumberToken(int length) => IsLetter(Peek(length))
        ? Fail(new SourceSpan(_at, length + 1), $"'{source.AsSpan(_at, length + 1)}' is neither a number nor a name")
        : Take(TokenKind.Number, length, source.Substring(_at, length));

    bool IsLiteralStart(out int prefix)
    {
        prefix = 0;
        if (Peek(prefix) is 'b' or 'B')
            prefix++;
        if (Peek(prefix) is 'r' or 'R')
            prefix++;
        return Peek(prefix) is '"' or '\'';
    }

    Token StringLiteral(int prefix)
    {
        var isBytes = source[_at] is 'b' or 'B';
        var isRaw = prefix > 0 && source[_at + prefix - 1] is 'r' or 'R';
        var start = _at + prefix;
        var quote = source[start];
        var triple = IsTriple(start);
        var open = triple ? 3 : 1;
        var end = FindEnd(start + open, quote, triple, isRaw);
        if (end < 0)
            return Fail(SourceSpan.Between(_at, source.Length), triple ? "the text is not closed" : "the text is not closed on its line");

        var span = SourceSpan.Between(_at, end + open);
        var body = SourceSpan.Between(start + open, end);
        var value = StringLiterals.Read(source, body, isBytes, isRaw, out var error);
        if (error is not null)
            return Fail(error.Value.Span, error.Value.Message);
        _at = span.End;
        return new Token(TokenKind.Literal, span, "", value);
    }

    bool IsTriple(int at) => at + 2 < source.Length && source[at + 1] == source[at] && source[at + 2] == source[at];

    int FindEnd(int at, char quote, bool triple, bool raw)
    {
        for (; at < source.Length; at++)
        {
            if (source[at] == '\\' && !raw)
                at++;
            else if (!triple && source[at] is '\r' or '\n')
                return -1;
            else if (source[at] == quote && (!triple || IsTriple(at)))
                return at;
        }

        return -1;
    }

    Token Take(TokenKind kind, int length, string text)
    {
        var token = new Token(kind, new SourceSpan(_at, length), text, default);
        _at += length;
        return token;
    }

    Token Fail(SourceSpan span, string message)
    {
        Error = ExpressionError.At(source, span, message);
        return new Token(TokenKind.End, span, "", default);
    }
}
