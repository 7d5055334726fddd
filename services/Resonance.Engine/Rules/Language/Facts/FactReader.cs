using System.Linq.Expressions;
using System.Reflection;

namespace Resonance.Engine.Rules.Language;

/// <summary>Makes values of the language of those of .NET. What that takes is found out once for each type.</summary>
static class FactReader<T>
{
    /// <summary>Gives null for a null, whatever was declared.</summary>
    public static Func<T, Value> Read { get; } = FactReaders.Create<T>();
}

/// <summary>A record in memory.</summary>
sealed class FactRecord<T>(RecordType type, T facts) : RecordValue(type)
{
    static readonly Func<T, Value>?[] Readers = new Func<T, Value>?[FactTypes.Record(typeof(T)).Fields.Count];

    public override Value this[int field] => ReaderOf(field)(facts);

    public static Func<T, Value> ReaderOf(int field) => Readers[field] ??= FactReaders.OfProperty<T>(Fields[field].Property);

    static IReadOnlyList<FactField> Fields => FactTypes.Record(typeof(T)).Fields;
}

static class FactReaders
{
    public static Func<T, Value> Create<T>()
    {
        var type = typeof(T);
        var value = Expression.Parameter(type);
        return Expression.Lambda<Func<T, Value>>(ToValue(value, type), value).Compile();
    }

    public static Func<T, Value> OfProperty<T>(PropertyInfo property)
    {
        var record = Expression.Parameter(typeof(T));
        var reader = typeof(FactReader<>).MakeGenericType(property.PropertyType);
        var read = Expression.Property(null, reader, nameof(FactReader<>.Read));
        return Expression.Lambda<Func<T, Value>>(Expression.Invoke(read, Expression.Property(record, property)), record).Compile();
    }

    static Expression ToValue(Expression value, Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Expression.Condition(
                Expression.Property(value, "HasValue"), ToValue(Expression.Property(value, "Value"), underlying), Null);
        }

        var known = Scalar(value, type) ?? Composite(value, type);
        return type.IsValueType ? known : Expression.Condition(Expression.ReferenceEqual(value, Expression.Constant(null)), Null, known);
    }

    static Expression Null => Expression.Property(null, typeof(Value), nameof(Value.Null));

    static Expression? Scalar(Expression value, Type type)
    {
        var native = Native(value, type);
        return native is not null ? Call(nameof(Value.Of), native)
            : type == typeof(byte[]) ? Call(nameof(Value.Of), value)
            : type == typeof(ReadOnlyMemory<byte>) ? Call(nameof(Value.Of), Expression.Call(value, "ToArray", null))
            : type == typeof(DateTimeOffset) || type == typeof(DateTime) || type == typeof(TimeSpan)
                ? Expression.Call(typeof(FactReaders), nameof(OfTime), null, value)
            : null;

        static Expression Call(string method, Expression argument) => Expression.Call(typeof(Value), method, null, argument);
    }

    /// <summary>The value in the type that compiled rules compute with; null when there is none.</summary>
    public static Expression? Native(Expression value, Type type) => FactTypes.Scalar(type)?.Kind switch
    {
        TypeKind.Bool => value,
        TypeKind.Int => Converted(value, typeof(long)),
        TypeKind.UInt => Converted(value, typeof(ulong)),
        TypeKind.Double => Converted(value, typeof(double)),
        TypeKind.String when type == typeof(Guid) => Expression.Call(value, nameof(Guid.ToString), null),
        TypeKind.String when type.IsEnum => Expression.Call(typeof(EnumNames<>).MakeGenericType(type), "Of", null, value),
        TypeKind.String => value,
        _ => null,
    };

    static Expression Converted(Expression value, Type type) => value.Type == type ? value : Expression.Convert(value, type);

    static Expression Composite(Expression value, Type type)
    {
        if (FactTypes.DictionaryValue(type) is { } item)
            return Expression.Call(typeof(FactReaders), nameof(OfDictionary), [item], value);
        if (FactTypes.ListElement(type) is { } element)
            return Expression.Call(typeof(FactReaders), nameof(OfList), [element], value);
        return Expression.Call(typeof(FactReaders), nameof(OfRecord), [type], value);
    }

    static Value OfTime(DateTimeOffset time) => Value.Of(Instant.From(time));

    // What says nothing of its zone is taken for UTC.
    static Value OfTime(DateTime time) =>
        OfTime(time.Kind == DateTimeKind.Local ? new DateTimeOffset(time) : new DateTimeOffset(time.Ticks, TimeSpan.Zero));

    static Value OfTime(TimeSpan length) => length.Ticks is > -(long.MaxValue / 100) and < long.MaxValue / 100
        ? Value.Duration(length.Ticks * 100)
        : Operators.Overflow("duration");

    public static Value OfList<T>(IReadOnlyList<T> items) => Value.Of(new FactList<T>(items, FactReader<T>.Read));

    static Value OfRecord<T>(T facts) => Value.Of(new FactRecord<T>(FactTypes.Record(typeof(T)), facts));

    static Value OfDictionary<T>(IReadOnlyDictionary<string, T> items)
    {
        var keys = new Value[items.Count];
        var values = new Value[items.Count];
        var at = 0;
        foreach (var (key, value) in items.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            keys[at] = Value.Of(key);
            values[at++] = FactReader<T>.Read(value);
        }

        return MapValue.Create(keys, values);
    }
}

/// <summary>The members of an enum as rules see them.</summary>
static class EnumNames<T> where T : struct, Enum
{
    static readonly Dictionary<T, string> Names = Enum.GetValues<T>().Distinct().ToDictionary(
        member => member, member => System.Text.Json.JsonNamingPolicy.SnakeCaseUpper.ConvertName(member.ToString()));

    public static string Of(T member) => Names.TryGetValue(member, out var name) ? name : member.ToString();
}
