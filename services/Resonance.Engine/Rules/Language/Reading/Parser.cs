using System.Globalization;

namespace Resonance.Engine.Rules.Language;

/// <summary>
/// Reads a source. Written by hand after the grammar of the language definition: a method for each of its lines, so that every
/// error knows where it is and what could have stood there. It stops at its first error.
/// </summary>
sealed class Parser
{
    static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
        "var", "void", "while",
    };

    static readonly string[] Relations = ["<", "<=", ">=", ">", "==", "!="];

    readonly string _source;
    readonly LanguageLimits _limits;
    readonly Scanner _scanner;
    Token _token;
    Token _last;
    int _nesting;
    ExpressionError? _error;

    Parser(string source, LanguageLimits limits)
    {
        _source = source;
        _limits = limits;
        _scanner = new Scanner(source);
        _token = _scanner.Next();
    }

    /// <summary>Names that stand for something else in the language, and so cannot name a fact.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name) || name is "true" or "false" or "null" or "in";

    /// <returns>Null when there is an error.</returns>
    public static Syntax? Parse(string source, LanguageLimits limits, out ExpressionError? error)
    {
        if (source.Length > limits.SourceLength)
        {
            error = ExpressionError.At(
                source, new SourceSpan(limits.SourceLength, 0), $"the expression is longer than {limits.SourceLength} characters");
            return null;
        }

        var parser = new Parser(source, limits);
        var syntax = parser.Expression();
        if (parser._error is null && parser._token.Kind != TokenKind.End)
            parser.Fail(parser._token.Span, $"expected an operator or the end of the expression, found {parser._token.Describe()}");
        error = parser._scanner.Error ?? parser._error;
        return error is null ? syntax : null;
    }

    Syntax Expression()
    {
        // Brackets that lead nowhere make no deep tree, but they take stack here.
        if (++_nesting > _limits.Nesting)
            return TooDeep(_token.Span);

        var condition = Logic(isAnd: false);
        if (_token.Is("?"))
        {
            Advance();
            var then = Logic(isAnd: false);
            Expect(":", "between the two results of a condition");
            var otherwise = Expression();
            condition = Node(new ConditionalSyntax(condition.Span.To(otherwise.Span), condition, then, otherwise));
        }

        _nesting--;
        return condition;
    }

    Syntax Logic(bool isAnd)
    {
        var first = isAnd ? Relation() : Logic(isAnd: true);
        var sign = isAnd ? "&&" : "||";
        if (!_token.Is(sign))
            return first;

        var operands = new List<Syntax> { first };
        while (_token.Is(sign))
        {
            Advance();
            operands.Add(isAnd ? Relation() : Logic(isAnd: true));
        }

        return Node(new LogicSyntax(first.Span.To(operands[^1].Span), isAnd, operands));
    }

    Syntax Relation()
    {
        var left = Sum();
        while (_token.IsWord("in") || (_token.Kind == TokenKind.Symbol && Relations.Contains(_token.Text)))
            left = Binary(left, Sum);
        return left;
    }

    Syntax Sum()
    {
        var left = Product();
        while (_token.Is("+") || _token.Is("-"))
            left = Binary(left, Product);
        return left;
    }

    Syntax Product()
    {
        var left = Unary();
        while (_token.Is("*") || _token.Is("/") || _token.Is("%"))
            left = Binary(left, Unary);
        return left;
    }

    CallSyntax Binary(Syntax left, Func<Syntax> operand)
    {
        var sign = _token;
        Advance();
        var right = operand();
        var call = new CallSyntax(left.Span.To(right.Span), null, $"_{sign.Text}_", sign.Span, [left, right]);
        Node(call);
        return call;
    }

    Syntax Unary()
    {
        if (!_token.Is("!") && !_token.Is("-"))
            return Member(Primary());

        var sign = _token;
        Advance();
        if (sign.Text == "-" && _token.Kind == TokenKind.Number)
            return Member(Number(sign));

        if (++_nesting > _limits.Nesting)
            return TooDeep(sign.Span);
        // The grammar has !!x and --x, but neither !-x nor -!x.
        var operand = _token.Is(sign.Text) ? Unary() : Member(Primary());
        _nesting--;
        return Node(new CallSyntax(sign.Span.To(operand.Span), null, $"{sign.Text}_", sign.Span, [operand]));
    }

    Syntax Member(Syntax operand)
    {
        while (true)
        {
            if (_token.Is("."))
            {
                Advance();
                operand = Node(Field(operand));
            }
            else if (_token.Is("["))
            {
                var bracket = _token;
                Advance();
                var index = Expression();
                Expect("]", "after an index");
                operand = Node(new CallSyntax(operand.Span.To(_last.Span), null, "_[_]", bracket.Span, [operand, index]));
            }
            else if (_token.Is("{") && operand is NameSyntax or SelectSyntax)
            {
                return Fail(_token.Span, "messages cannot be made here; a map is written {'name': value}");
            }
            else
            {
                return operand;
            }
        }
    }

    Syntax Field(Syntax operand)
    {
        var name = _token;
        if (name.Kind == TokenKind.QuotedIdentifier)
        {
            Advance();
            return new SelectSyntax(operand.Span.To(name.Span), operand, name.Text, name.Span, IsTest: false);
        }

        if (name.Kind != TokenKind.Identifier || name.Text is "in" or "true" or "false" or "null")
            return Fail(name.Span, $"expected the name of a field or function after '.', found {name.Describe()}");

        Advance();
        if (!_token.Is("("))
            return new SelectSyntax(operand.Span.To(name.Span), operand, name.Text, name.Span, IsTest: false);

        var arguments = Arguments();
        return Macros.Expand(operand, name, arguments, operand.Span.To(_last.Span), Fail)
            ?? new CallSyntax(operand.Span.To(_last.Span), operand, name.Text, name.Span, arguments);
    }

    Syntax Primary()
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.Literal:
                Advance();
                return new LiteralSyntax(token.Span, token.Value);
            case TokenKind.Number:
                return Number(sign: null);
            case TokenKind.Identifier:
                return Name(dot: null);
            case TokenKind.Symbol when token.Text == ".":
                Advance();
                return _token.Kind == TokenKind.Identifier
                    ? Name(token)
                    : Fail(_token.Span, $"expected a name after '.', found {_token.Describe()}");
            case TokenKind.Symbol when token.Text == "(":
                Advance();
                var inner = Expression();
                Expect(")", "to close the bracket");
                return inner with { Span = token.Span.To(_last.Span) };
            case TokenKind.Symbol when token.Text == "[":
                return List();
            case TokenKind.Symbol when token.Text == "{":
                return Map();
            default:
                return Fail(token.Span, $"expected a value, found {token.Describe()}");
        }
    }

    Syntax Name(Token? dot)
    {
        var name = _token;
        Advance();
        var span = dot is { } before ? before.Span.To(name.Span) : name.Span;
        if (dot is null && name.Text is "true" or "false")
            return new LiteralSyntax(span, Value.Of(name.Text == "true"));
        if (dot is null && name.Text == "null")
            return new LiteralSyntax(span, Value.Null);
        if (IsReserved(name.Text))
            return Fail(span, $"'{name.Text}' is a reserved word and cannot be a name");
        if (!_token.Is("("))
            return new NameSyntax(span, name.Text, Rooted: dot is not null);

        var arguments = Arguments();
        span = span.To(_last.Span);
        return Macros.Expand(null, name, arguments, span, Fail) ?? new CallSyntax(span, null, name.Text, name.Span, arguments);
    }

    List<Syntax> Arguments()
    {
        Advance();
        var arguments = new List<Syntax>();
        if (!_token.Is(")"))
        {
            do
            {
                arguments.Add(Expression());
            }
            while (Accept(","));
        }

        Expect(")", "or ',' after an argument");
        return arguments;
    }

    Syntax List()
    {
        var start = _token.Span;
        Advance();
        var elements = new List<Syntax>();
        while (!_token.Is("]") && _error is null)
        {
            elements.Add(Expression());
            if (!Accept(","))
                break;
        }

        Expect("]", "or ',' after an element of a list");
        return Node(new ListSyntax(start.To(_last.Span), elements));
    }

    Syntax Map()
    {
        var start = _token.Span;
        Advance();
        var keys = new List<Syntax>();
        var values = new List<Syntax>();
        while (!_token.Is("}") && _error is null)
        {
            keys.Add(Expression());
            Expect(":", "between a key and its value");
            values.Add(Expression());
            if (!Accept(","))
                break;
        }

        Expect("}", "or ',' after an entry of a map");
        return Node(new MapSyntax(start.To(_last.Span), keys, values));
    }

    Syntax Number(Token? sign)
    {
        var digits = _token;
        Advance();
        var span = sign is { } minus ? minus.Span.To(digits.Span) : digits.Span;
        return Numerals.Read(sign is not null, digits.Text) is { IsError: false } value
            ? new LiteralSyntax(span, value)
            : Fail(span, $"{span.In(_source)} is beyond what {Numerals.TypeOf(digits.Text)} can hold");
    }

    // Every node that has others beneath it comes through here.
    Syntax Node(Syntax node) => node.Depth > _limits.Nesting ? TooDeep(node.Span) : node;

    Syntax TooDeep(SourceSpan span) =>
        Fail(span, string.Create(CultureInfo.InvariantCulture, $"the expression is nested deeper than {_limits.Nesting} levels"));

    bool Accept(string symbol)
    {
        if (!_token.Is(symbol))
            return false;
        Advance();
        return true;
    }

    void Expect(string symbol, string why)
    {
        if (!Accept(symbol))
            Fail(_token.Span, $"expected '{symbol}' {why}, found {_token.Describe()}");
    }

    void Advance()
    {
        _last = _token;
        if (_error is null)
            _token = _scanner.Next();
    }

    // From here on there is nothing but the end, so that everything that is still open closes by itself.
    LiteralSyntax Fail(SourceSpan span, string message)
    {
        _error ??= ExpressionError.At(_source, span, message);
        _token = new Token(TokenKind.End, new SourceSpan(_source.Length, 0), "", default);
        _last = _token;
        return new LiteralSyntax(span, Value.Null);
    }
}
