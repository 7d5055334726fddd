namespace Resonance.Engine.Rules.Language;

/// <summary>Functions of the core on strings, and <c>size</c>, which has its counterpart there.</summary>
static class TextFunctions
{
    public static Function[] All { get; } =
    [
        new(
            "size",
            """
            (string) -> int
            (bytes) -> int
            (list(A)) -> int
            (map(A, B)) -> int
            string.size() -> int
            bytes.size() -> int
            list(A).size() -> int
            map(A, B).size() -> int
            """) { One = Size },
        new("contains", "string.contains(string) -> bool") { Two = Contains },
        new("startsWith", "string.startsWith(string) -> bool") { Two = StartsWith },
        new("endsWith", "string.endsWith(string) -> bool") { Two = EndsWith },
        new("matches", "(string, string) -> bool\nstring.matches(string) -> bool") { Two = Matches },
    ];

    public static Value Size(ref Budget budget, Value value) => value.Kind switch
    {
        Kind.String => Value.Of(Length(ref budget, value.AsString)),
        Kind.Bytes => Value.Of((long)value.AsBytes.Length),
        Kind.List => Value.Of((long)value.AsList.Count),
        Kind.Map => Value.Of((long)value.AsMap.Count),
        _ => Catalog.NoOverload("size", value),
    };

    public static long Length(ref Budget budget, string text)
    {
        budget.ChargeSize(text.Length);
        return CodePoints.Count(text);
    }

    static Value Contains(ref Budget budget, Value text, Value part) => text.Kind == Kind.String && part.Kind == Kind.String
        ? Value.Of(Contains(ref budget, text.AsString, part.AsString))
        : Catalog.NoOverload("contains", text, part);

    static Value StartsWith(ref Budget budget, Value text, Value part) => text.Kind == Kind.String && part.Kind == Kind.String
        ? Value.Of(StartsWith(ref budget, text.AsString, part.AsString))
        : Catalog.NoOverload("startsWith", text, part);

    static Value EndsWith(ref Budget budget, Value text, Value part) => text.Kind == Kind.String && part.Kind == Kind.String
        ? Value.Of(EndsWith(ref budget, text.AsString, part.AsString))
        : Catalog.NoOverload("endsWith", text, part);

    public static bool Contains(ref Budget budget, string text, string part) =>
        budget.Charge(SearchCost(text, part)) && text.Contains(part, StringComparison.Ordinal);

    public static bool StartsWith(ref Budget budget, string text, string part)
    {
        budget.ChargeSize(part.Length);
        return text.StartsWith(part, StringComparison.Ordinal);
    }

    public static bool EndsWith(ref Budget budget, string text, string part)
    {
        budget.ChargeSize(part.Length);
        return text.EndsWith(part, StringComparison.Ordinal);
    }

    /// <summary>A search may have to compare the whole of the part at every place.</summary>
    public static long SearchCost(string text, string part) =>
        (text.Length * (1 + ((long)part.Length >> Budget.SizeShift))) >> Budget.SizeShift;

    static Value Matches(ref Budget budget, Value text, Value pattern)
    {
        if (text.Kind != Kind.String || pattern.Kind != Kind.String)
            return Catalog.NoOverload("matches", text, pattern);

        // Where the pattern is computed it has to be read every time, which takes far longer than a match does.
        if (!budget.Charge(2_000 + pattern.AsString.Length * 20L))
            return Value.Exhausted;
        return Pattern.Create(pattern.AsString, out var error) is { } known ? known.Match(ref budget, text) : Value.Fail(error!);
    }
}
