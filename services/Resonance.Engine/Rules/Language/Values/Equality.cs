namespace Resonance.Engine.Rules.Language;

/// <summary>Which values are equal, and which comes first.</summary>
static class Equality
{
    /// <summary>Values of different types are unequal, except for numbers, which share one number line.</summary>
    public static Value Same(ref Budget budget, Value left, Value right)
    {
        if (left.IsError)
            return left;
        if (right.IsError)
            return right;

        var same = AreSame(ref budget, left, right);
        return budget.IsSpent ? Value.Exhausted : Value.Of(same);
    }

    public static Value Different(ref Budget budget, Value left, Value right)
    {
        var same = Same(ref budget, left, right);
        return same.IsError ? same : Value.Of(!same.AsBool);
    }

    // Values are nested no deeper than facts and sources are, both of which are capped, so this cannot overflow the stack.
    public static bool AreSame(ref Budget budget, Value left, Value right)
    {
        if (left.IsNumber && right.IsNumber)
            return Numbers(left, right);
        if (left.Kind != right.Kind)
            return false;

        switch (left.Kind)
        {
            case Kind.String:
                return Strings(ref budget, left.AsString, right.AsString);
            case Kind.Bytes:
                budget.ChargeSize(Math.Min(left.AsBytes.Length, right.AsBytes.Length));
                return left.AsBytes.AsSpan().SequenceEqual(right.AsBytes);
            case Kind.Bool:
            case Kind.Duration:
                return left.AsInt == right.AsInt;
            case Kind.Timestamp:
                return left.AsTimestamp == right.AsTimestamp;
            case Kind.Type:
                return left.AsTypeName == right.AsTypeName;
            case Kind.List:
                return Lists(ref budget, left.AsList, right.AsList);
            case Kind.Map:
                return Maps(ref budget, left.AsMap, right.AsMap);
            case Kind.Record:
                return Records(ref budget, left.AsRecord, right.AsRecord);
            default:
                return left.Kind == Kind.Null;
        }
    }

    public static bool Strings(ref Budget budget, string left, string right)
    {
        if (left.Length != right.Length)
            return false;
        budget.ChargeSize(left.Length);
        return string.Equals(left, right);
    }

    public static bool Numbers(Value left, Value right) => Ordering.Numbers(left, right) == 0;

    static bool Lists(ref Budget budget, ListValue left, ListValue right)
    {
        if (left.Count != right.Count)
            return false;
        for (var index = 0; index < left.Count; index++)
        {
            if (!budget.Charge(1) || !AreSame(ref budget, left[index], right[index]))
                return false;
        }

        return true;
    }

    static bool Maps(ref Budget budget, MapValue left, MapValue right)
    {
        if (left.Count != right.Count)
            return false;
        for (var index = 0; index < left.Count; index++)
        {
            if (!budget.Charge(1)
                || !right.TryGet(left.Keys[index], out var value)
                || !AreSame(ref budget, left.Values[index], value))
            {
                return false;
            }
        }

        return true;
    }

    static bool Records(ref Budget budget, RecordValue left, RecordValue right)
    {
        if (ReferenceEquals(left, right))
            return true;
        if (left.Type != right.Type)
            return false;
        for (var field = 0; field < left.Type.Fields.Count; field++)
        {
            if (!budget.Charge(1) || !AreSame(ref budget, left[field], right[field]))
                return false;
        }

        return true;
    }
}

static class Ordering
{
    /// <summary>Below zero, zero or above, as for a comparer; null when one is not a number, or when there is no order.</summary>
    public static int? Compare(ref Budget budget, Value left, Value right)
    {
        if (left.IsNumber && right.IsNumber)
            return Numbers(left, right);
        if (left.Kind != right.Kind)
            return null;

        switch (left.Kind)
        {
            case Kind.Bool:
            case Kind.Duration:
                return left.AsInt.CompareTo(right.AsInt);
            case Kind.String:
                return Strings(ref budget, left.AsString, right.AsString);
            case Kind.Bytes:
                budget.ChargeSize(Math.Min(left.AsBytes.Length, right.AsBytes.Length));
                return left.AsBytes.AsSpan().SequenceCompareTo(right.AsBytes);
            case Kind.Timestamp:
                return left.AsTimestamp.CompareTo(right.AsTimestamp);
            default:
                return null;
        }
    }

    /// <summary>By code points. UTF-16 puts the surrogates before U+E000, so those two ranges change places.</summary>
    public static int Strings(ref Budget budget, string left, string right)
    {
        var shorter = Math.Min(left.Length, right.Length);
        budget.ChargeSize(shorter);
        var at = left.AsSpan().CommonPrefixLength(right);
        if (at == shorter)
            return left.Length.CompareTo(right.Length);

        char first = left[at], second = right[at];
        return char.IsSurrogate(first) == char.IsSurrogate(second)
            ? first.CompareTo(second)
            : char.IsSurrogate(first) ? second >= '\uE000' ? 1 : first.CompareTo(second)
            : first >= '\uE000' ? -1 : first.CompareTo(second);
    }

    /// <summary>On one number line. Whole numbers meet doubles as doubles, as the language's own suite wants it.</summary>
    /// <returns>Null when one of them is NaN.</returns>
    public static int? Numbers(Value left, Value right) => (left.Kind, right.Kind) switch
    {
        (Kind.Int, Kind.Int) => left.AsInt.CompareTo(right.AsInt),
        (Kind.UInt, Kind.UInt) => left.AsUInt.CompareTo(right.AsUInt),
        (Kind.Int, Kind.UInt) => IntToUInt(left.AsInt, right.AsUInt),
        (Kind.UInt, Kind.Int) => -IntToUInt(right.AsInt, left.AsUInt),
        _ => Doubles(ToDouble(left), ToDouble(right)),
    };

    public static int IntToUInt(long left, ulong right) => left < 0 ? -1 : ((ulong)left).CompareTo(right);

    public static double ToDouble(Value number) => number.Kind switch
    {
        Kind.Int => number.AsInt,
        Kind.UInt => number.AsUInt,
        _ => number.AsDouble,
    };

    static int? Doubles(double left, double right) =>
        double.IsNaN(left) || double.IsNaN(right) ? null : left < right ? -1 : left > right ? 1 : 0;
}
