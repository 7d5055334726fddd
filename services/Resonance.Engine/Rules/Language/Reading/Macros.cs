namespace Resonance.Engine.Rules.Language;

/// <summary>Calls that are no calls: their arguments are not computed first, but belong to the macro.</summary>
static class Macros
{
    public static IReadOnlyList<string> Members { get; } = ["all", "exists", "exists_one", "filter", "map"];

    public static IReadOnlyList<string> Globals { get; } = ["has"];

    /// <returns>Null when it is an ordinary call.</returns>
    public static Syntax? Expand(
        Syntax? target, Token name, IReadOnlyList<Syntax> arguments, SourceSpan span, Func<SourceSpan, string, Syntax> fail)
    {
        if (target is null)
            return name.Text == "has" && arguments.Count == 1 ? Has(arguments[0], span, fail) : null;

        Macro? macro = (name.Text, arguments.Count) switch
        {
            ("all", 2) => Macro.All,
            ("exists", 2) => Macro.Exists,
            ("exists_one" or "existsOne", 2) => Macro.ExistsOne,
            ("filter", 2) => Macro.Filter,
            ("map", 2 or 3) => Macro.Map,
            _ => null,
        };
        if (macro is not { } known)
            return null;
        if (arguments[0] is not NameSyntax { Rooted: false, Name: var variable })
        {
            return fail(
                arguments[0].Span,
                $"expected a name for the element as the first argument of {name.Text}, as in {name.Text}(x, ...)");
        }

        return known == Macro.Map
            ? new MacroSyntax(span, known, target, variable, arguments.Count == 3 ? arguments[1] : null, arguments[^1])
            : new MacroSyntax(span, known, target, variable, arguments[1], null);
    }

    static Syntax Has(Syntax argument, SourceSpan span, Func<SourceSpan, string, Syntax> fail) =>
        argument is SelectSyntax { IsTest: false } select
            ? select with { Span = span, IsTest = true }
            : fail(argument.Span, "has() asks for a field: expected something like has(order.note)");
}
