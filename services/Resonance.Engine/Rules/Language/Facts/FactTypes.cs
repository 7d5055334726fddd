using System.Collections.Concurrent;
using System.Reflection;

namespace Resonance.Engine.Rules.Language;

/// <summary>Which type of the language stands for which of .NET.</summary>
static class FactTypes
{
    static readonly ConcurrentDictionary<Type, RecordType> Records = new();

    static readonly Dictionary<Type, CelType> Scalars = new()
    {
        [typeof(bool)] = CelType.Bool,
        [typeof(sbyte)] = CelType.Int,
        [typeof(short)] = CelType.Int,
        [typeof(int)] = CelType.Int,
        [typeof(long)] = CelType.Int,
        [typeof(byte)] = CelType.UInt,
        [typeof(ushort)] = CelType.UInt,
        [typeof(uint)] = CelType.UInt,
        [typeof(ulong)] = CelType.UInt,
        [typeof(float)] = CelType.Double,
        [typeof(double)] = CelType.Double,
        [typeof(decimal)] = CelType.Double,
        [typeof(string)] = CelType.String,
        [typeof(Guid)] = CelType.String,
        [typeof(byte[])] = CelType.Bytes,
        [typeof(ReadOnlyMemory<byte>)] = CelType.Bytes,
        [typeof(DateTimeOffset)] = CelType.Timestamp,
        [typeof(DateTime)] = CelType.Timestamp,
        [typeof(TimeSpan)] = CelType.Duration,
    };

    public static RecordType Record(Type type) => Record(type, []);

    public static CelType? Scalar(Type type) => type.IsEnum ? CelType.String : Scalars.GetValueOrDefault(type);

    /// <returns>Null when it is no dictionary with strings as its keys.</returns>
    public static Type? DictionaryValue(Type type) =>
        Generic(type, typeof(IReadOnlyDictionary<,>)) is [var key, var value] && key == typeof(string) ? value : null;

    /// <returns>Null when it is no list.</returns>
    public static Type? ListElement(Type type) =>
        !type.IsValueType && Generic(type, typeof(IReadOnlyList<>)) is [var element] ? element : null;

    static Type[]? Generic(Type type, Type definition) => type.GetInterfaces().Prepend(type)
        .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == definition)
        ?.GetGenericArguments();

    static RecordType Record(Type type, List<Type> around)
    {
        if (Records.TryGetValue(type, out var known))
            return known;
        // Values that are nested without an end could take a stack without an end.
        if (around.Contains(type))
            throw new ArgumentException($"{type.Name} contains itself, so it cannot be a fact.");

        around.Add(type);
        var nullability = new NullabilityInfoContext();
        var fields = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.GetIndexParameters().Length == 0)
            .Select(property => Field(property, nullability, around))
            .ToArray();
        around.RemoveAt(around.Count - 1);
        if (fields.Length == 0)
            throw new ArgumentException($"{type} has no properties that could be facts.");
        return Records.GetOrAdd(type, new RecordType(FactsType.SnakeCase(type.Name)) { Fields = fields });
    }

    static FactField Field(PropertyInfo property, NullabilityInfoContext nullability, List<Type> around)
    {
        var name = FactsType.SnakeCase(property.Name);
        if (Parser.IsReserved(name))
        {
            throw new ArgumentException(
                $"{property.DeclaringType?.Name}.{property.Name} would be the fact '{name}', which is a reserved word.");
        }

        try
        {
            return new FactField(name, TypeOf(property.PropertyType, nullability.Create(property), around), property);
        }
        catch (ArgumentException unknown)
        {
            throw new ArgumentException($"{property.DeclaringType?.Name}.{property.Name}: {unknown.Message}", unknown);
        }
    }

    static CelType TypeOf(Type type, NullabilityInfo? nullability, List<Type> around)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return CelType.Nullable(TypeOf(underlying, null, around));
        var known = Scalar(type) ?? Composite(type, nullability, around);
        return nullability?.ReadState == NullabilityState.Nullable ? CelType.Nullable(known) : known;
    }

    static CelType Composite(Type type, NullabilityInfo? nullability, List<Type> around)
    {
        if (DictionaryValue(type) is { } value)
            return CelType.Map(CelType.String, TypeOf(value, Argument(nullability, type, 1), around));
        if (ListElement(type) is { } element)
            return CelType.List(TypeOf(element, nullability?.ElementType ?? Argument(nullability, type, 0), around));
        var isOfSystem = type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true;
        if (isOfSystem || type.IsPrimitive || type.IsInterface || type.IsPointer)
            throw new ArgumentException($"the language has nothing for {type}.");
        return Record(type, around);
    }

    // Only where the property's own type has these arguments; of a type that merely derives from a list nothing is known.
    static NullabilityInfo? Argument(NullabilityInfo? nullability, Type type, int place) =>
        type.IsGenericType && nullability?.GenericTypeArguments is { } arguments && arguments.Length > place ? arguments[place] : null;
}
