using System.Text.Json;

namespace Resonance.Engine.Rules.Language;

/// <summary>
/// The facts that rules can be written about: the properties of a record, declared once by reflection. Nothing else of the record
/// can be reached from a rule.
/// </summary>
/// <remarks>
/// A property <c>FraudScore</c> is the fact <c>fraud_score</c>. Its type may be bool, an integer (int, or uint where it has no
/// sign), double, float or decimal (a double: the language has no decimals), string, Guid or an enum (a string; of an enum the
/// name in upper snake case), bytes, a DateTimeOffset or DateTime (timestamp), a TimeSpan (duration), a record of such properties,
/// or a list, array or string-keyed dictionary of these. Where the property may be null, the fact may be.
/// </remarks>
public sealed class FactsType
{
    /// <summary>Facts at most: what an evaluation read is kept as one bit each.</summary>
    public const int FactsMax = 64;

    readonly RecordType _record;

    FactsType(RecordType record)
    {
        _record = record;
        Declarations = new Declarations([.. record.Fields.Select(field => new Declaration(field.Name, field.Type))]);
    }

    /// <summary>The names that rules use.</summary>
    public IEnumerable<string> Names => _record.Fields.Select(fact => fact.Name);

    internal Declarations Declarations { get; }

    internal IReadOnlyList<FactField> Fields => _record.Fields;

    /// <summary>The facts that this record declares.</summary>
    /// <exception cref="ArgumentException">A property is of a type that the language has nothing for.</exception>
    public static FactsType Of<TFacts>() where TFacts : class => Cache<TFacts>.Type ?? Declare<TFacts>();

    /// <summary>The type of a fact as people write it, such as <c>list(order_line)</c>; null when there is no such fact.</summary>
    public string? TypeOf(string name) => _record.Find(name) is >= 0 and var place ? _record.Fields[place].Type.ToString() : null;

    static FactsType Declare<TFacts>() where TFacts : class
    {
        var record = FactTypes.Record(typeof(TFacts));
        if (record.Fields.Count > FactsMax)
            throw new ArgumentException($"{typeof(TFacts).Name} has {record.Fields.Count} properties; {FactsMax} can be facts.");
        return Cache<TFacts>.Type = new FactsType(record);
    }

    internal static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    static class Cache<TFacts>
    {
        public static FactsType? Type { get; set; }
    }
}
