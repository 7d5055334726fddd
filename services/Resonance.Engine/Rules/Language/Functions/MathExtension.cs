namespace Resonance.Engine.Rules.Language;

/// <summary>The math extension.</summary>
static class MathExtension
{
    const string Extremes =
        """
        (int) -> int
        (uint) -> uint
        (double) -> double
        (list(int)) -> int
        (list(uint)) -> uint
        (list(double)) -> double
        (list(dyn)) -> dyn
        """;

    const string Numbers = "(int) -> int\n(uint) -> uint\n(double) -> double";

    const string Bits = "(int, int) -> int\n(uint, uint) -> uint";

    public static Function[] All { get; } =
    [
        new("math.greatest", Extremes)
        {
            One = (ref budget, value) => Extreme(ref budget, "math.greatest", value, 1), TakesAnyNumber = true,
        },
        new("math.least", Extremes)
        {
            One = (ref budget, value) => Extreme(ref budget, "math.least", value, -1), TakesAnyNumber = true,
        },
        OnDouble("ceil", Math.Ceiling),
        OnDouble("floor", Math.Floor),
        OnDouble("round", static number => Math.Round(number, MidpointRounding.AwayFromZero)),
        OnDouble("trunc", Math.Truncate),
        Test("isNaN", double.IsNaN),
        Test("isInf", double.IsInfinity),
        Test("isFinite", double.IsFinite),
        new("math.abs", Numbers) { One = Abs },
        new("math.sign", Numbers) { One = Sign },
        new("math.sqrt", "(int) -> double\n(uint) -> double\n(double) -> double")
        {
            One = static (ref budget, number) =>
                number.IsNumber ? Value.Of(Math.Sqrt(Ordering.ToDouble(number))) : Catalog.NoOverload("math.sqrt", number),
        },
        OnBits("bitAnd", static (left, right) => left & right),
        OnBits("bitOr", static (left, right) => left | right),
        OnBits("bitXor", static (left, right) => left ^ right),
        new("math.bitNot", "(int) -> int\n(uint) -> uint")
        {
            One = static (ref budget, number) => number.Kind switch
            {
                Kind.Int => Value.Of(~number.AsInt),
                Kind.UInt => Value.Of(~number.AsUInt),
                _ => Catalog.NoOverload("math.bitNot", number),
            },
        },
        Shift("bitShiftLeft", static (bits, places) => bits << places),
        // The bits move, not the number: nothing is put in for the sign.
        Shift("bitShiftRight", static (bits, places) => bits >> places),
    ];

    static Function OnDouble(string name, Func<double, double> compute) => new($"math.{name}", "(double) -> double")
    {
        One = (ref budget, number) =>
            number.Kind == Kind.Double ? Value.Of(compute(number.AsDouble)) : Catalog.NoOverload($"math.{name}", number),
    };

    static Function Test(string name, Func<double, bool> test) => new($"math.{name}", "(double) -> bool")
    {
        One = (ref budget, number) =>
            number.Kind == Kind.Double ? Value.Of(test(number.AsDouble)) : Catalog.NoOverload($"math.{name}", number),
    };

    static Function OnBits(string name, Func<ulong, ulong, ulong> compute) => new($"math.{name}", Bits)
    {
        Two = (ref budget, left, right) => (left.Kind, right.Kind) switch
        {
            (Kind.Int, Kind.Int) => Value.Of((long)compute(left.AsUInt, right.AsUInt)),
            (Kind.UInt, Kind.UInt) => Value.Of(compute(left.AsUInt, right.AsUInt)),
            _ => Catalog.NoOverload($"math.{name}", left, right),
        },
    };

    static Function Shift(string name, Func<ulong, int, ulong> compute) => new($"math.{name}", "(int, int) -> int\n(uint, int) -> uint")
    {
        Two = (ref budget, bits, places) =>
        {
            if (bits.Kind is not (Kind.Int or Kind.UInt) || places.Kind != Kind.Int)
                return Catalog.NoOverload($"math.{name}", bits, places);
            if (places.AsInt < 0)
                return Value.Fail($"math.{name}: cannot shift by {places.AsInt} places");
            var result = places.AsInt >= 64 ? 0 : compute(bits.AsUInt, (int)places.AsInt);
            return bits.Kind == Kind.Int ? Value.Of((long)result) : Value.Of(result);
        },
    };

    static Value Extreme(ref Budget budget, string name, Value value, int direction)
    {
        if (value.IsNumber)
            return value;
        if (value.Kind != Kind.List)
            return Catalog.NoOverload(name, value);

        var list = value.AsList;
        if (list.Count == 0)
            return Value.Fail($"{name}: there is none among no numbers");
        if (!budget.Charge(list.Count))
            return Value.Exhausted;
        var extreme = list[0];
        for (var at = 0; at < list.Count; at++)
        {
            var item = list[at];
            if (!item.IsNumber)
                return Catalog.NoOverload(name, item);
            if (Ordering.Numbers(item, extreme) is { } order && order * direction > 0)
                extreme = item;
        }

        return extreme;
    }

    static Value Abs(ref Budget budget, Value number) => number.Kind switch
    {
        Kind.Int when number.AsInt == long.MinValue => Operators.Overflow("int"),
        Kind.Int => Value.Of(Math.Abs(number.AsInt)),
        Kind.UInt => number,
        Kind.Double => Value.Of(Math.Abs(number.AsDouble)),
        _ => Catalog.NoOverload("math.abs", number),
    };

    static Value Sign(ref Budget budget, Value number) => number.Kind switch
    {
        Kind.Int => Value.Of((long)Math.Sign(number.AsInt)),
        Kind.UInt => Value.Of(number.AsUInt == 0 ? 0UL : 1UL),
        Kind.Double when double.IsNaN(number.AsDouble) => number,
        Kind.Double => Value.Of((double)Math.Sign(number.AsDouble)),
        _ => Catalog.NoOverload("math.sign", number),
    };
}
