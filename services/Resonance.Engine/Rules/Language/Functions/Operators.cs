namespace Resonance.Engine.Rules.Language;

/// <summary>The operators, and what is as close to the values as they are.</summary>
static class Operators
{
    const string Comparisons =
        """
        bool < bool
        int < int
        uint < uint
        double < double
        int < uint
        int < double
        uint < int
        uint < double
        double < int
        double < uint
        string < string
        bytes < bytes
        timestamp < timestamp
        duration < duration
        """;

    public static Function[] All { get; } =
    [
        new("_==_", "(A, A) -> bool") { Two = Equality.Same },
        new("_!=_", "(A, A) -> bool") { Two = Equality.Different },
        Comparison("_<_", Less),
        Comparison("_<=_", LessOrSame),
        Comparison("_>_", More),
        Comparison("_>=_", MoreOrSame),
        new("!_", "(bool) -> bool") { One = Not },
        new("-_", "(int) -> int\n(double) -> double") { One = Negate },
        new(
            "_+_",
            """
            (int, int) -> int
            (uint, uint) -> uint
            (double, double) -> double
            (string, string) -> string
            (bytes, bytes) -> bytes
            (list(A), list(A)) -> list(A)
            (timestamp, duration) -> timestamp
            (duration, timestamp) -> timestamp
            (duration, duration) -> duration
            """) { Two = Add },
        new(
            "_-_",
            """
            (int, int) -> int
            (uint, uint) -> uint
            (double, double) -> double
            (timestamp, timestamp) -> duration
            (timestamp, duration) -> timestamp
            (duration, duration) -> duration
            """) { Two = Subtract },
        new("_*_", "(int, int) -> int\n(uint, uint) -> uint\n(double, double) -> double") { Two = Multiply },
        new("_/_", "(int, int) -> int\n(uint, uint) -> uint\n(double, double) -> double") { Two = Divide },
        new("_%_", "(int, int) -> int\n(uint, uint) -> uint") { Two = Remainder },
        new("_in_", "(A, list(A)) -> bool\n(A, map(A, B)) -> bool") { Two = In },
        new("_[_]", "(list(A), int) -> A\n(map(A, B), A) -> B") { Two = Index },
    ];

    static Function Comparison(string name, Binary implementation)
    {
        var signatures = Comparisons.Split('\n').Select(line => line.Split(" < ")).Select(pair => $"({pair[0]}, {pair[1]}) -> bool");
        return new Function(name, string.Join('\n', signatures)) { Two = implementation };
    }

    public static Value Not(ref Budget budget, Value value) =>
        value.Kind == Kind.Bool ? Value.Of(!value.AsBool) : Catalog.NoOverload("!", value);

    public static Value Less(ref Budget budget, Value left, Value right) =>
        IsOrdered(ref budget, left, right, out var order) ? Value.Of(order < 0) : Catalog.NoOverload("<", left, right);

    public static Value LessOrSame(ref Budget budget, Value left, Value right) =>
        IsOrdered(ref budget, left, right, out var order) ? Value.Of(order <= 0) : Catalog.NoOverload("<=", left, right);

    public static Value More(ref Budget budget, Value left, Value right) =>
        IsOrdered(ref budget, left, right, out var order) ? Value.Of(order > 0) : Catalog.NoOverload(">", left, right);

    public static Value MoreOrSame(ref Budget budget, Value left, Value right) =>
        IsOrdered(ref budget, left, right, out var order) ? Value.Of(order >= 0) : Catalog.NoOverload(">=", left, right);

    // NaN has an order among nothing, and yet is no error: every comparison with it is false, as it is with null here.
    static bool IsOrdered(ref Budget budget, Value left, Value right, out int? order)
    {
        order = Ordering.Compare(ref budget, left, right);
        return order is not null || (left.IsNumber && right.IsNumber);
    }

    static Value Negate(ref Budget budget, Value value) => value.Kind switch
    {
        Kind.Int when value.AsInt == long.MinValue => Overflow("int"),
        Kind.Int => Value.Of(-value.AsInt),
        Kind.Double => Value.Of(-value.AsDouble),
        _ => Catalog.NoOverload("-", value),
    };

    static Value Add(ref Budget budget, Value left, Value right)
    {
        switch (left.Kind, right.Kind)
        {
            case (Kind.Int, Kind.Int):
                var sum = unchecked(left.AsInt + right.AsInt);
                return ((left.AsInt ^ sum) & (right.AsInt ^ sum)) < 0 ? Overflow("int") : Value.Of(sum);
            case (Kind.UInt, Kind.UInt):
                var total = unchecked(left.AsUInt + right.AsUInt);
                return total < left.AsUInt ? Overflow("uint") : Value.Of(total);
            case (Kind.Double, Kind.Double):
                return Value.Of(left.AsDouble + right.AsDouble);
            case (Kind.String, Kind.String):
                return budget.ChargeSize((long)left.AsString.Length + right.AsString.Length)
                    ? Value.Of(left.AsString + right.AsString)
                    : Value.Exhausted;
            case (Kind.Bytes, Kind.Bytes):
                return budget.ChargeSize((long)left.AsBytes.Length + right.AsBytes.Length)
                    ? Value.Of([.. left.AsBytes, .. right.AsBytes])
                    : Value.Exhausted;
            case (Kind.List, Kind.List):
                return Concatenate(ref budget, left.AsList, right.AsList);
            case (Kind.Timestamp, Kind.Duration):
                return TimeFunctions.Checked(left.AsTimestamp.Plus(right.AsDuration));
            case (Kind.Duration, Kind.Timestamp):
                return TimeFunctions.Checked(right.AsTimestamp.Plus(left.AsDuration));
            case (Kind.Duration, Kind.Duration):
                var length = unchecked(left.AsDuration + right.AsDuration);
                return ((left.AsDuration ^ length) & (right.AsDuration ^ length)) < 0 ? Overflow("duration") : Value.Duration(length);
            default:
                return Catalog.NoOverload("+", left, right);
        }
    }

    static Value Concatenate(ref Budget budget, ListValue left, ListValue right)
    {
        var count = (long)left.Count + right.Count;
        if (!budget.Charge(count))
            return Value.Exhausted;
        var items = new Value[count];
        for (var at = 0; at < items.Length; at++)
            items[at] = at < left.Count ? left[at] : right[at - left.Count];
        return Value.Of(ListValue.Of(items));
    }

    static Value Subtract(ref Budget budget, Value left, Value right)
    {
        switch (left.Kind, right.Kind)
        {
            case (Kind.Int, Kind.Int):
                var difference = unchecked(left.AsInt - right.AsInt);
                return ((left.AsInt ^ right.AsInt) & (left.AsInt ^ difference)) < 0 ? Overflow("int") : Value.Of(difference);
            case (Kind.UInt, Kind.UInt):
                return right.AsUInt > left.AsUInt ? Overflow("uint") : Value.Of(left.AsUInt - right.AsUInt);
            case (Kind.Double, Kind.Double):
                return Value.Of(left.AsDouble - right.AsDouble);
            case (Kind.Timestamp, Kind.Timestamp):
                return left.AsTimestamp.Minus(right.AsTimestamp) is { } between ? Value.Duration(between) : Overflow("duration");
            case (Kind.Timestamp, Kind.Duration) when right.AsDuration != long.MinValue:
                return TimeFunctions.Checked(left.AsTimestamp.Plus(-right.AsDuration));
            case (Kind.Timestamp, Kind.Duration):
                return Overflow("duration");
            case (Kind.Duration, Kind.Duration):
                var rest = unchecked(left.AsDuration - right.AsDuration);
                return ((left.AsDuration ^ right.AsDuration) & (left.AsDuration ^ rest)) < 0 ? Overflow("duration") : Value.Duration(rest);
            default:
                return Catalog.NoOverload("-", left, right);
        }
    }

    static Value Multiply(ref Budget budget, Value left, Value right)
    {
        switch (left.Kind, right.Kind)
        {
            case (Kind.Int, Kind.Int):
                var high = Math.BigMul(left.AsInt, right.AsInt, out var low);
                return high == low >> 63 ? Value.Of(low) : Overflow("int");
            case (Kind.UInt, Kind.UInt):
                var above = Math.BigMul(left.AsUInt, right.AsUInt, out var product);
                return above == 0 ? Value.Of(product) : Overflow("uint");
            case (Kind.Double, Kind.Double):
                return Value.Of(left.AsDouble * right.AsDouble);
            default:
                return Catalog.NoOverload("*", left, right);
        }
    }

    static Value Divide(ref Budget budget, Value left, Value right) => (left.Kind, right.Kind) switch
    {
        (Kind.Int, Kind.Int) when right.AsInt == 0 => Value.Fail("division by zero"),
        (Kind.Int, Kind.Int) when left.AsInt == long.MinValue && right.AsInt == -1 => Overflow("int"),
        (Kind.Int, Kind.Int) => Value.Of(left.AsInt / right.AsInt),
        (Kind.UInt, Kind.UInt) when right.AsUInt == 0 => Value.Fail("division by zero"),
        (Kind.UInt, Kind.UInt) => Value.Of(left.AsUInt / right.AsUInt),
        (Kind.Double, Kind.Double) => Value.Of(left.AsDouble / right.AsDouble),
        _ => Catalog.NoOverload("/", left, right),
    };

    static Value Remainder(ref Budget budget, Value left, Value right) => (left.Kind, right.Kind) switch
    {
        (Kind.Int, Kind.Int) when right.AsInt == 0 => Value.Fail("remainder of a division by zero"),
        // Where the processor cannot: the quotient would overflow.
        (Kind.Int, Kind.Int) when right.AsInt == -1 => left.AsInt == long.MinValue ? Overflow("int") : Value.Of(0L),
        (Kind.Int, Kind.Int) => Value.Of(left.AsInt % right.AsInt),
        (Kind.UInt, Kind.UInt) when right.AsUInt == 0 => Value.Fail("remainder of a division by zero"),
        (Kind.UInt, Kind.UInt) => Value.Of(left.AsUInt % right.AsUInt),
        _ => Catalog.NoOverload("%", left, right),
    };

    public static Value In(ref Budget budget, Value element, Value range)
    {
        if (element.IsError)
            return element;
        if (range.Kind == Kind.Map)
            return Value.Of(range.AsMap.TryGet(element, out _));
        if (range.Kind != Kind.List)
            return Catalog.NoOverload("in", element, range);

        var list = range.AsList;
        if (!budget.Charge(list.Count))
            return Value.Exhausted;
        for (var at = 0; at < list.Count; at++)
        {
            if (Equality.AreSame(ref budget, list[at], element))
                return Value.True;
            if (budget.IsSpent)
                return Value.Exhausted;
        }

        return Value.False;
    }

    public static Value Index(ref Budget budget, Value container, Value index)
    {
        if (container.IsError || index.IsError)
            return Catalog.NoOverload("[]", container, index);
        if (container.Kind == Kind.Map)
        {
            return container.AsMap.TryGet(index, out var value)
                ? value
                : Value.Fail($"there is no key {ValueText.Quoted(index)} in the map");
        }

        if (container.Kind != Kind.List || !index.IsNumber)
            return Catalog.NoOverload("[]", container, index);
        var list = container.AsList;
        var place = MapKeys.Normal(index);
        return place.Kind == Kind.Int && place.AsInt >= 0 && place.AsInt < list.Count
            ? list[(int)place.AsInt]
            : Value.Fail($"there is no element {ValueText.Of(index)} in a list of {list.Count}");
    }

    public static Value Overflow(string type) => Value.Fail($"the result is beyond what {(type == "int" ? "an" : "a")} {type} can hold");
}
