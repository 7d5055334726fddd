namespace Resonance.Engine.Rules.Language;

enum TypeKind : byte
{
    Dyn,
    Null,
    Bool,
    Int,
    UInt,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Type,
    List,
    Map,
    Record,
    /// <summary>A value of another type, or null.</summary>
    Nullable,
    /// <summary>Stands for any one type in a signature, or for one that is not known yet.</summary>
    Variable,
}

/// <summary>A type as the checker knows it. Finer than what a value knows at run time: a list has a type for its elements.</summary>
class CelType
{
    protected CelType(TypeKind kind, params CelType[] parameters)
    {
        Kind = kind;
        Parameters = parameters;
    }

    public TypeKind Kind { get; }

    /// <summary>The element of a list; key and value of a map; what a nullable may hold.</summary>
    public IReadOnlyList<CelType> Parameters { get; }

    public static CelType Dyn { get; } = new(TypeKind.Dyn);
    public static CelType Null { get; } = new(TypeKind.Null);
    public static CelType Bool { get; } = new(TypeKind.Bool);
    public static CelType Int { get; } = new(TypeKind.Int);
    public static CelType UInt { get; } = new(TypeKind.UInt);
    public static CelType Double { get; } = new(TypeKind.Double);
    public static CelType String { get; } = new(TypeKind.String);
    public static CelType Bytes { get; } = new(TypeKind.Bytes);
    public static CelType Timestamp { get; } = new(TypeKind.Timestamp);
    public static CelType Duration { get; } = new(TypeKind.Duration);
    public static CelType Type { get; } = new(TypeKind.Type);

    public static CelType List(CelType element) => new(TypeKind.List, element);

    public static CelType Map(CelType key, CelType value) => new(TypeKind.Map, key, value);

    public static CelType Nullable(CelType type) => type.Kind is TypeKind.Nullable or TypeKind.Dyn ? type : new(TypeKind.Nullable, type);

    /// <summary>The names that are types when they stand for a value, as in <c>type(x) == int</c>.</summary>
    public static IReadOnlyDictionary<string, Value> Named { get; } = new[]
    {
        "bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint", TypeNames.Duration, TypeNames.Timestamp,
    }.ToDictionary(name => name, Value.Type, StringComparer.Ordinal);

    /// <summary>As people write it.</summary>
    public override string ToString() => Kind switch
    {
        TypeKind.Null => "null",
        TypeKind.List => $"list({Parameters[0]})",
        TypeKind.Map => $"map({Parameters[0]}, {Parameters[1]})",
        TypeKind.Nullable => $"{Parameters[0]} or null",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}

/// <summary>An object with declared fields.</summary>
sealed class RecordType(string name) : CelType(TypeKind.Record)
{
    Dictionary<string, int> _places = [];

    public string Name { get; } = name;

    public IReadOnlyList<FactField> Fields
    {
        get;
        init
        {
            field = value;
            _places = value.Select((declared, place) => (declared.Name, place)).ToDictionary(StringComparer.Ordinal);
        }
    } = [];

    /// <returns>The place of the field; -1 when there is none of that name.</returns>
    public int Find(string field) => _places.GetValueOrDefault(field, -1);

    public override string ToString() => Name;
}

/// <summary>A type that is found out while an expression is checked.</summary>
sealed class TypeVariable() : CelType(TypeKind.Variable)
{
    public CelType? Bound { get; set; }

    public override string ToString() => Bound?.ToString() ?? "dyn";
}
