namespace Resonance.Engine.Rules.Language;

/// <summary>An expression as it is written, its macros expanded.</summary>
/// <param name="Span">Where it stands in the source.</param>
/// <param name="Depth">How many levels it has; at most <see cref="LanguageLimits.Nesting"/>, which is what bounds every recursion.</param>
abstract record Syntax(SourceSpan Span, int Depth)
{
    protected static int Deepest(IEnumerable<Syntax> parts) => parts.Select(part => part.Depth).DefaultIfEmpty().Max();
}

sealed record LiteralSyntax(SourceSpan Span, Value Value) : Syntax(Span, 1);

// Rooted: written with a dot before it, which looks past the variables of macros.
sealed record NameSyntax(SourceSpan Span, string Name, bool Rooted) : Syntax(Span, 1);

// IsTest: made by <c>has</c>: is the field there?
sealed record SelectSyntax(SourceSpan Span, Syntax Operand, string Field, SourceSpan FieldSpan, bool IsTest)
    : Syntax(Span, Operand.Depth + 1);

// Target: what stands before the dot; null for a function that is called by itself.
// Function: its name; that of an operator is its sign between underscores, as in <c>_+_</c>.
sealed record CallSyntax(SourceSpan Span, Syntax? Target, string Function, SourceSpan NameSpan, IReadOnlyList<Syntax> Arguments)
    : Syntax(Span, Math.Max(Target?.Depth ?? 0, Deepest(Arguments)) + 1);

sealed record ListSyntax(SourceSpan Span, IReadOnlyList<Syntax> Elements) : Syntax(Span, Deepest(Elements) + 1);

sealed record MapSyntax(SourceSpan Span, IReadOnlyList<Syntax> Keys, IReadOnlyList<Syntax> Values)
    : Syntax(Span, Math.Max(Deepest(Keys), Deepest(Values)) + 1);

/// <summary>All of <c>a &amp;&amp; b &amp;&amp; c</c>, or of <c>a || b || c</c>, since their order does not matter.</summary>
sealed record LogicSyntax(SourceSpan Span, bool IsAnd, IReadOnlyList<Syntax> Operands) : Syntax(Span, Deepest(Operands) + 1);

sealed record ConditionalSyntax(SourceSpan Span, Syntax Condition, Syntax Then, Syntax Else)
    : Syntax(Span, Math.Max(Condition.Depth, Math.Max(Then.Depth, Else.Depth)) + 1);

// Predicate: null for a map without one.
// Transform: only a map has one.
sealed record MacroSyntax(
    SourceSpan Span, Macro Macro, Syntax Range, string Variable, Syntax? Predicate, Syntax? Transform)
    : Syntax(Span, Math.Max(Range.Depth, Math.Max(Predicate?.Depth ?? 0, Transform?.Depth ?? 0)) + 1);

enum Macro : byte
{
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}
