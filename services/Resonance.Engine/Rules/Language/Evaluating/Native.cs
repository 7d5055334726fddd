namespace Resonance.Engine.Rules.Language;

/// <summary>
/// What compiled rules call where an operation may fail. They know no errors: what fails says so to the budget, gives anything,
/// and the evaluator then finds out what it means.
/// </summary>
static class Native
{
    /// <summary>Ends every loop at its next turn.</summary>
    static void Fail(ref Budget budget) => budget.Limit = -1;

    public static T Failed<T>(ref Budget budget)
    {
        Fail(ref budget);
        return default!;
    }

    public static string FailedText(ref Budget budget)
    {
        Fail(ref budget);
        return "";
    }

    public static IReadOnlyList<T> FailedList<T>(ref Budget budget)
    {
        Fail(ref budget);
        return [];
    }

    public static bool Bool(ref Budget budget, Value value) => value.Kind == Kind.Bool ? value.AsBool : Failed<bool>(ref budget);

    public static long Int(ref Budget budget, Value value) => value.Kind == Kind.Int ? value.AsInt : Failed<long>(ref budget);

    public static ulong UInt(ref Budget budget, Value value) => value.Kind == Kind.UInt ? value.AsUInt : Failed<ulong>(ref budget);

    public static double Double(ref Budget budget, Value value) =>
        value.Kind == Kind.Double ? value.AsDouble : Failed<double>(ref budget);

    public static string Text(ref Budget budget, Value value) => value.Kind == Kind.String ? value.AsString : FailedText(ref budget);

    /// <summary>What a macro goes over.</summary>
    public static Value Range(ref Budget budget, Value value)
    {
        if (value.Kind is Kind.List or Kind.Map)
            return value;
        Fail(ref budget);
        return Value.Of(ListValue.Empty);
    }

    public static long Add(ref Budget budget, long left, long right)
    {
        var sum = unchecked(left + right);
        return ((left ^ sum) & (right ^ sum)) < 0 ? Failed<long>(ref budget) : sum;
    }

    public static ulong Add(ref Budget budget, ulong left, ulong right)
    {
        var sum = unchecked(left + right);
        return sum < left ? Failed<ulong>(ref budget) : sum;
    }

    public static long Subtract(ref Budget budget, long left, long right)
    {
        var difference = unchecked(left - right);
        return ((left ^ right) & (left ^ difference)) < 0 ? Failed<long>(ref budget) : difference;
    }

    public static ulong Subtract(ref Budget budget, ulong left, ulong right) =>
        right > left ? Failed<ulong>(ref budget) : left - right;

    public static long Multiply(ref Budget budget, long left, long right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high == low >> 63 ? low : Failed<long>(ref budget);
    }

    public static ulong Multiply(ref Budget budget, ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high == 0 ? low : Failed<ulong>(ref budget);
    }

    public static long Divide(ref Budget budget, long left, long right) =>
        right == 0 || (right == -1 && left == long.MinValue) ? Failed<long>(ref budget) : left / right;

    public static ulong Divide(ref Budget budget, ulong left, ulong right) => right == 0 ? Failed<ulong>(ref budget) : left / right;

    public static long Remainder(ref Budget budget, long left, long right) =>
        right is 0 or -1 ? right == 0 || left == long.MinValue ? Failed<long>(ref budget) : 0 : left % right;

    public static ulong Remainder(ref Budget budget, ulong left, ulong right) => right == 0 ? Failed<ulong>(ref budget) : left % right;

    public static long Negate(ref Budget budget, long value) => value == long.MinValue ? Failed<long>(ref budget) : -value;

    public static T Element<T>(ref Budget budget, IReadOnlyList<T> list, long index) =>
        index >= 0 && index < list.Count ? list[(int)index] : Failed<T>(ref budget);

    public static T Entry<T>(ref Budget budget, IReadOnlyDictionary<string, T> map, string key) =>
        map.TryGetValue(key, out var value) ? value : Failed<T>(ref budget);

    public static bool HasEntry<T>(IReadOnlyDictionary<string, T> map, string key) => map.ContainsKey(key);

    public static Value List(Value[] items)
    {
        foreach (var item in items)
        {
            if (item.IsError)
                return item;
        }

        return Value.Of(ListValue.Of(items));
    }

    public static Value Map(Value[] keys, Value[] values)
    {
        foreach (var value in values)
        {
            if (value.IsError)
                return value;
        }

        return MapValue.Create(keys, values);
    }

    public static void Collect(ref Budget budget, List<Value> items, Value item)
    {
        if (item.IsError)
            Fail(ref budget);
        items.Add(item);
    }

    public static Value Collected(List<Value> items) => Value.Of(ListValue.Of([.. items]));

    /// <summary>A field of what may be anything.</summary>
    public static Value Field(Value operand, string name, int place)
    {
        switch (operand.Kind)
        {
            case Kind.Map when operand.AsMap.TryGet(Value.Of(name), out var value):
                return value;
            case Kind.Record:
                var found = place >= 0 ? place : operand.AsRecord.Type.Find(name);
                return found < 0 ? default : operand.AsRecord[found];
            default:
                return default;
        }
    }

    public static Value HasField(Value operand, string name, int place)
    {
        if (operand.Kind == Kind.Map)
            return Value.Of(operand.AsMap.TryGet(Value.Of(name), out _));
        var field = Field(operand, name, place);
        return field.IsError ? field : Value.Of(field.Kind != Kind.Null);
    }
}
