namespace Resonance.Engine.Rules.Language;

/// <summary>A name that an expression may use, and its type.</summary>
readonly record struct Declaration(string Name, CelType Type);

/// <summary>The names that an expression may use. The place of a name is the place of its value among the facts.</summary>
sealed class Declarations
{
    readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    public Declarations(IReadOnlyList<Declaration> facts)
    {
        Facts = facts;
        for (var place = 0; place < facts.Count; place++)
            _places.Add(facts[place].Name, place);
        HasQualified = facts.Any(fact => fact.Name.Contains('.', StringComparison.Ordinal));
    }

    /// <summary>Whether any name has several parts, such as <c>order.total</c>.</summary>
    public bool HasQualified { get; }

    public IReadOnlyList<Declaration> Facts { get; }

    public bool TryFind(string name, out int place) => _places.TryGetValue(name, out place);
}
