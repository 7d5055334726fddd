namespace Resonance.Engine.Rules.Language;

/// <summary>A list, wherever its elements are kept.</summary>
abstract class ListValue
{
    public abstract int Count { get; }

    public abstract Value this[int index] { get; }

    public static ListValue Empty { get; } = new ArrayList([]);

    public static ListValue Of(Value[] items) => items.Length == 0 ? Empty : new ArrayList(items);

    sealed class ArrayList(Value[] items) : ListValue
    {
        public override int Count => items.Length;

        public override Value this[int index] => items[index];
    }
}

/// <summary>A list of facts, read element by element where it is.</summary>
sealed class FactList<T>(IReadOnlyList<T> items, Func<T, Value> convert) : ListValue
{
    public override int Count => items.Count;

    public override Value this[int index] => convert(items[index]);
}

/// <summary>A map. Keys that are equal as numbers are one key, whatever their types; the order is that of the source.</summary>
sealed class MapValue
{
    // Up to here a walk is as fast as hashing.
    const int Small = 8;

    readonly Value[] _keys;
    readonly Value[] _values;
    readonly Dictionary<Value, int>? _index;

    MapValue(Value[] keys, Value[] values, Dictionary<Value, int>? index)
    {
        _keys = keys;
        _values = values;
        _index = index;
    }

    public static MapValue Empty { get; } = new([], [], null);

    public int Count => _keys.Length;

    public ReadOnlySpan<Value> Keys => _keys;

    public ReadOnlySpan<Value> Values => _values;

    /// <summary>The map, or an error when a key comes twice or is of a type that cannot be a key.</summary>
    public static Value Create(Value[] keys, Value[] values)
    {
        foreach (var key in keys)
        {
            if (key.Kind is not (Kind.Bool or Kind.Int or Kind.UInt or Kind.String))
                return Value.Fail($"a key of a map is a bool, int, uint or string, not a value of type {key.TypeName}");
        }

        if (keys.Length <= Small)
        {
            for (var second = 1; second < keys.Length; second++)
            {
                for (var first = 0; first < second; first++)
                {
                    if (MapKeys.Same(keys[first], keys[second]))
                        return Duplicate(keys[second]);
                }
            }

            return Value.Of(new MapValue(keys, values, null));
        }

        var index = new Dictionary<Value, int>(keys.Length, MapKeys.Comparer);
        for (var at = 0; at < keys.Length; at++)
        {
            if (!index.TryAdd(keys[at], at))
                return Duplicate(keys[at]);
        }

        return Value.Of(new MapValue(keys, values, index));

        static Value Duplicate(Value key) => Value.Fail($"the key {ValueText.Quoted(key)} is in the map twice");
    }

    public bool TryGet(Value key, out Value value)
    {
        var at = IndexOf(key);
        value = at < 0 ? default : _values[at];
        return at >= 0;
    }

    int IndexOf(Value key)
    {
        if (_index is not null)
            return MapKeys.Normal(key) is { IsError: false } normal && _index.TryGetValue(normal, out var found) ? found : -1;

        for (var at = 0; at < _keys.Length; at++)
        {
            if (MapKeys.Same(_keys[at], key))
                return at;
        }

        return -1;
    }
}

/// <summary>When two keys are one.</summary>
static class MapKeys
{
    public static IEqualityComparer<Value> Comparer { get; } = new KeyComparer();

    public static bool Same(Value left, Value right) => (left.Kind, right.Kind) switch
    {
        (Kind.String, Kind.String) => left.AsString == right.AsString,
        (Kind.Bool, Kind.Bool) => left.AsBool == right.AsBool,
        _ => left.IsNumber && right.IsNumber && Equality.Numbers(left, right),
    };

    /// <summary>The int or uint that a number is as a key; an error for a double that is neither.</summary>
    public static Value Normal(Value key)
    {
        if (key.Kind == Kind.UInt)
            return key.AsUInt <= long.MaxValue ? Value.Of((long)key.AsUInt) : key;
        if (key.Kind != Kind.Double)
            return key;

        var number = key.AsDouble;
        if (number >= -9223372036854775808.0 && number < 9223372036854775808.0 && Math.Floor(number) == number)
            return Value.Of((long)number);
        if (number >= 0 && number < 18446744073709551616.0 && Math.Floor(number) == number)
            return Value.Of((ulong)number);
        return default;
    }

    sealed class KeyComparer : IEqualityComparer<Value>
    {
        public bool Equals(Value x, Value y) => Same(x, y);

        public int GetHashCode(Value key)
        {
            var normal = Normal(key);
            return normal.Kind == Kind.String ? normal.AsString.GetHashCode(StringComparison.Ordinal) : normal.AsInt.GetHashCode();
        }
    }
}

/// <summary>A fact that has declared fields of its own. Nothing else of it can be reached.</summary>
abstract class RecordValue(RecordType type)
{
    public RecordType Type { get; } = type;

    /// <param name="field">Its place among <see cref="RecordType.Fields"/>.</param>
    public abstract Value this[int field] { get; }
}
