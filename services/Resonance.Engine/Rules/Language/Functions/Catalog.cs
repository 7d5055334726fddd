namespace Resonance.Engine.Rules.Language;

/// <summary>All functions and operators of the language.</summary>
static class Catalog
{
    static readonly Dictionary<string, Function> Functions = new[]
        {
            Operators.All, Conversions.All, TextFunctions.All, TextExtension.All, TimeFunctions.All, MathExtension.All,
        }
        .SelectMany(functions => functions)
        .ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>The names that an expression can call; operators are not among them.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Functions.Keys.Where(name => char.IsAsciiLetter(name[0])).Order(StringComparer.Ordinal)];

    static readonly HashSet<string> Namespaces =
        [.. Functions.Keys.Select(name => name.Split('.')).Where(parts => parts.Length == 2).Select(parts => parts[0])];

    public static Function Matches { get; } = Functions["matches"];

    static Function Timestamp { get; } = Functions["timestamp"];

    static Function Duration { get; } = Functions["duration"];

    /// <summary>Whether functions have this before their names, as in <c>math.abs</c>.</summary>
    public static bool IsNamespace(string name) => Namespaces.Contains(name);

    public static Function? Find(string name) => Functions.GetValueOrDefault(name);

    /// <summary>Whether it is computed at load where its argument is a constant; then a bad one is refused at load, too.</summary>
    public static bool IsFoldable(Function function) => function == Timestamp || function == Duration;

    /// <summary>What a function gives for arguments that it is not for: the error that is among them, or its own.</summary>
    public static Value NoOverload(string name, params ReadOnlySpan<Value> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.IsError)
                return argument;
        }

        return Value.Fail($"'{name}' is not for {string.Join(" and ", arguments.ToArray().Select(argument => argument.TypeName))}");
    }
}
