using System.Globalization;
using System.Text;

namespace Resonance.Engine.Rules.Language;

/// <summary>The functions that make one type of another.</summary>
static class Conversions
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Function[] All { get; } =
    [
        new("bool", "(bool) -> bool\n(string) -> bool") { One = ToBool },
        new("bytes", "(bytes) -> bytes\n(string) -> bytes") { One = ToBytes },
        new("double", "(double) -> double\n(int) -> double\n(uint) -> double\n(string) -> double") { One = ToDouble },
        new("int", "(int) -> int\n(uint) -> int\n(double) -> int\n(string) -> int\n(timestamp) -> int\n(duration) -> int") { One = ToInt },
        new("uint", "(uint) -> uint\n(int) -> uint\n(double) -> uint\n(string) -> uint") { One = ToUInt },
        new(
            "string",
            """
            (string) -> string
            (bool) -> string
            (int) -> string
            (uint) -> string
            (double) -> string
            (bytes) -> string
            (timestamp) -> string
            (duration) -> string
            """) { One = ToText },
        new("timestamp", "(timestamp) -> timestamp\n(string) -> timestamp\n(int) -> timestamp") { One = ToTimestamp },
        new("duration", "(duration) -> duration\n(string) -> duration\n(int) -> duration") { One = ToDuration },
        new("dyn", "(A) -> dyn") { One = static (ref budget, value) => value },
        new("type", "(A) -> type") { One = static (ref budget, value) => value.IsError ? value : Value.Type(value.TypeName) },
    ];

    static Value Unreadable(string type, Value text) => Value.Fail($"{ValueText.Quoted(text)} is not {type}");

    static Value ToBool(ref Budget budget, Value value)
    {
        if (value.Kind != Kind.String)
            return value.Kind == Kind.Bool ? value : Catalog.NoOverload("bool", value);
        return value.AsString switch
        {
            "true" or "TRUE" or "True" or "t" or "T" or "1" => Value.True,
            "false" or "FALSE" or "False" or "f" or "F" or "0" => Value.False,
            _ => Unreadable("a bool", value),
        };
    }

    static Value ToBytes(ref Budget budget, Value value)
    {
        if (value.Kind != Kind.String)
            return value.Kind == Kind.Bytes ? value : Catalog.NoOverload("bytes", value);
        return budget.ChargeSize(value.AsString.Length) ? Value.Of(Encoding.UTF8.GetBytes(value.AsString)) : Value.Exhausted;
    }

    static Value ToDouble(ref Budget budget, Value value)
    {
        if (value.IsNumber)
            return Value.Of(Ordering.ToDouble(value));
        if (value.Kind != Kind.String)
            return Catalog.NoOverload("double", value);

        budget.ChargeSize(value.AsString.Length);
        return value.AsString switch
        {
            "NaN" => Value.Of(double.NaN),
            "Infinity" or "+Infinity" or "Inf" or "+Inf" or "inf" or "+inf" => Value.Of(double.PositiveInfinity),
            "-Infinity" or "-Inf" or "-inf" => Value.Of(double.NegativeInfinity),
            var text => text.AsSpan().ContainsAnyExcept("0123456789+-.eE") || !TryParse(text, out var number)
                ? Unreadable("a double", value)
                : Value.Of(number),
        };

        static bool TryParse(string text, out double number) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    static Value ToInt(ref Budget budget, Value value)
    {
        switch (value.Kind)
        {
            case Kind.Int:
                return value;
            case Kind.UInt:
                return value.AsUInt <= long.MaxValue ? Value.Of((long)value.AsUInt) : Operators.Overflow("int");
            case Kind.Double:
                // Neither end is among them: whether these survive the way to a double and back is not the same everywhere.
                return value.AsDouble > -9223372036854775808.0 && value.AsDouble < 9223372036854775808.0
                    ? Value.Of((long)value.AsDouble)
                    : Operators.Overflow("int");
            case Kind.String:
                budget.ChargeSize(value.AsString.Length);
                return IsNumeral(value.AsString)
                    && long.TryParse(value.AsString, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    ? Value.Of(number)
                    : Unreadable("an int", value);
            case Kind.Timestamp:
                return Value.Of(value.AsTimestamp.Seconds);
            case Kind.Duration:
                return Value.Of(value.AsDuration);
            default:
                return Catalog.NoOverload("int", value);
        }
    }

    static bool IsNumeral(string text) => !text.AsSpan().ContainsAnyExcept("0123456789+-");

    static Value ToUInt(ref Budget budget, Value value)
    {
        switch (value.Kind)
        {
            case Kind.UInt:
                return value;
            case Kind.Int:
                return value.AsInt >= 0 ? Value.Of((ulong)value.AsInt) : Operators.Overflow("uint");
            case Kind.Double:
                return value.AsDouble >= 0 && value.AsDouble < 18446744073709551616.0
                    ? Value.Of((ulong)value.AsDouble)
                    : Operators.Overflow("uint");
            case Kind.String:
                budget.ChargeSize(value.AsString.Length);
                return IsNumeral(value.AsString)
                    && ulong.TryParse(value.AsString, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? Value.Of(number)
                    : Unreadable("a uint", value);
            default:
                return Catalog.NoOverload("uint", value);
        }
    }

    static Value ToText(ref Budget budget, Value value)
    {
        switch (value.Kind)
        {
            case Kind.String:
                return value;
            case Kind.Bytes:
                return budget.ChargeSize(value.AsBytes.Length) ? FromUtf8(value.AsBytes) : Value.Exhausted;
            case Kind.Bool or Kind.Int or Kind.UInt or Kind.Double or Kind.Timestamp or Kind.Duration:
                return budget.Charge(1) ? Value.Of(ValueText.Of(value)) : Value.Exhausted;
            default:
                return Catalog.NoOverload("string", value);
        }
    }

    static Value FromUtf8(byte[] bytes) => System.Text.Unicode.Utf8.IsValid(bytes)
        ? Value.Of(Strict.GetString(bytes))
        : Value.Fail("string: these bytes are not text in UTF-8");

    static Value ToTimestamp(ref Budget budget, Value value) => value.Kind switch
    {
        Kind.Timestamp => value,
        Kind.Int => new Instant(value.AsInt, 0) is { IsInRange: true } instant ? Value.Of(instant) : Operators.Overflow("timestamp"),
        Kind.String => TimeText.ReadTimestamp(value.AsString) is { } instant
            ? Value.Of(instant)
            : Unreadable("a timestamp such as 2026-01-31T12:00:00Z", value),
        _ => Catalog.NoOverload("timestamp", value),
    };

    static Value ToDuration(ref Budget budget, Value value) => value.Kind switch
    {
        Kind.Duration => value,
        Kind.Int => Value.Duration(value.AsInt),
        Kind.String => TimeText.ReadDuration(value.AsString) is { } nanoseconds
            ? Value.Duration(nanoseconds)
            : Unreadable("a duration such as 1h30m or 90s", value),
        _ => Catalog.NoOverload("duration", value),
    };
}
