using System.Globalization;
using System.Numerics;
using System.Text;

namespace Resonance.Engine.Rules.Language;

/// <summary><c>'%s has %d'.format([name, count])</c>.</summary>
static class TextFormat
{
    const int PrecisionMax = 100;

    public static Value Format(ref Budget budget, Value format, Value list)
    {
        if (format.Kind != Kind.String || list.Kind != Kind.List)
            return Catalog.NoOverload("format", format, list);

        var (template, arguments) = (format.AsString, list.AsList);
        if (!budget.ChargeSize(template.Length))
            return Value.Exhausted;
        var text = new StringBuilder();
        var used = 0;
        for (var at = 0; at < template.Length; at++)
        {
            if (template[at] != '%')
            {
                text.Append(template[at]);
                continue;
            }

            if (++at < template.Length && template[at] == '%')
            {
                text.Append('%');
                continue;
            }

            if (!ReadPrecision(template, ref at, out var precision) || at >= template.Length)
                return Value.Fail("format: expected '%', then a letter, or a '.', digits and a letter");
            if (used >= arguments.Count)
                return Value.Fail($"format: there are more places in the text than the {arguments.Count} values");
            if (Insert(ref budget, text, template[at], precision, arguments[used++]) is { } error)
                return error;
        }

        return Value.Of(text.ToString());
    }

    static bool ReadPrecision(string template, ref int at, out int precision)
    {
        precision = 6;
        if (at >= template.Length || template[at] != '.')
            return true;
        var start = ++at;
        while (at < template.Length && char.IsAsciiDigit(template[at]))
            at++;
        return at - start is > 0 and <= 3
            && int.TryParse(template.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out precision)
            && precision <= PrecisionMax;
    }

    // Gives the error, if there is one.
    static Value? Insert(ref Budget budget, StringBuilder text, char letter, int precision, Value value)
    {
        if (value.IsError)
            return value;
        var before = text.Length;
        var isFormatted = letter switch
        {
            's' => AsString(ref budget, text, value),
            'd' => AsDecimal(text, value),
            'f' or 'e' => AsFloat(text, letter, precision, value),
            'x' or 'X' => AsHexadecimal(ref budget, text, letter, value),
            'o' => AsInteger(text, value, 8),
            'b' => value.Kind == Kind.Bool ? Appended(text, value.AsBool ? "1" : "0") : AsInteger(text, value, 2),
            _ => false,
        };
        if (budget.IsSpent || !budget.Charge(1 + ((text.Length - before) >> Budget.SizeShift)))
            return Value.Exhausted;
        return isFormatted ? null
            : "sdfexXob".Contains(letter) ? Value.Fail($"format: %{letter} is not for a value of type {value.TypeName}")
            : Value.Fail($"format: there is no %{letter}");
    }

    static bool Appended(StringBuilder text, string part)
    {
        text.Append(part);
        return true;
    }

    static bool AsString(ref Budget budget, StringBuilder text, Value value)
    {
        if (!budget.Charge(1))
            return false;
        switch (value.Kind)
        {
            case Kind.String:
                return budget.ChargeSize(value.AsString.Length) && Appended(text, value.AsString);
            case Kind.Bytes:
                return budget.ChargeSize(value.AsBytes.Length) && Appended(text, Lossy(value.AsBytes));
            case Kind.List:
                return AsList(ref budget, text, value.AsList);
            case Kind.Map:
                return AsMap(ref budget, text, value.AsMap);
            case Kind.Record:
                return Appended(text, ValueText.Of(value));
            default:
                return Appended(text, ValueText.Of(value));
        }
    }

    // Several bytes in a row that are no text become one character that says so.
    static string Lossy(byte[] bytes)
    {
        var text = new StringBuilder();
        var wasBad = false;
        for (ReadOnlySpan<byte> rest = bytes; rest.Length > 0;)
        {
            var isBad = Rune.DecodeFromUtf8(rest, out var rune, out var length) != System.Buffers.OperationStatus.Done;
            if (!isBad || !wasBad)
                text.Append(rune);
            wasBad = isBad;
            rest = rest[length..];
        }

        return text.ToString();
    }

    static bool AsList(ref Budget budget, StringBuilder text, ListValue list)
    {
        text.Append('[');
        for (var at = 0; at < list.Count; at++)
        {
            text.Append(at == 0 ? "" : ", ");
            if (!AsString(ref budget, text, list[at]))
                return false;
        }

        return Appended(text, "]");
    }

    static bool AsMap(ref Budget budget, StringBuilder text, MapValue map)
    {
        if (!budget.Charge(map.Count * 2L))
            return false;
        var entries = new (string Key, Value Value)[map.Count];
        for (var at = 0; at < map.Count; at++)
            entries[at] = (map.Keys[at].Kind == Kind.String ? map.Keys[at].AsString : ValueText.Of(map.Keys[at]), map.Values[at]);
        Array.Sort(entries, (left, right) => string.CompareOrdinal(left.Key, right.Key));

        text.Append('{');
        for (var at = 0; at < entries.Length; at++)
        {
            text.Append(at == 0 ? "" : ", ").Append(entries[at].Key).Append(": ");
            if (!budget.ChargeSize(entries[at].Key.Length) || !AsString(ref budget, text, entries[at].Value))
                return false;
        }

        return Appended(text, "}");
    }

    static bool AsDecimal(StringBuilder text, Value value) => value.IsNumber && Appended(text, ValueText.Of(value));

    static bool AsInteger(StringBuilder text, Value value, int radix)
    {
        if (value.Kind is not (Kind.Int or Kind.UInt))
            return false;

        var magnitude = value.Kind == Kind.Int ? (ulong)Int128.Abs(value.AsInt) : value.AsUInt;
        text.Append(value.Kind == Kind.Int && value.AsInt < 0 ? "-" : "");
        return Appended(text, radix switch
        {
            2 => magnitude.ToString("b", CultureInfo.InvariantCulture),
            16 => magnitude.ToString("x", CultureInfo.InvariantCulture),
            _ => Octal(magnitude),
        });
    }

    static string Octal(ulong magnitude)
    {
        Span<char> digits = stackalloc char[22];
        var at = digits.Length;
        do
        {
            digits[--at] = (char)('0' + (magnitude & 7));
            magnitude >>= 3;
        }
        while (magnitude > 0);
        return digits[at..].ToString();
    }

    static bool AsHexadecimal(ref Budget budget, StringBuilder text, char letter, Value value)
    {
        var digits = new StringBuilder();
        switch (value.Kind)
        {
            case Kind.Int or Kind.UInt:
                AsInteger(digits, value, 16);
                break;
            case Kind.String or Kind.Bytes:
                if (!budget.ChargeSize(value.Kind == Kind.String ? value.AsString.Length * 6L : value.AsBytes.Length * 2L))
                    return false;
                digits.Append(Convert.ToHexStringLower(value.Kind == Kind.String ? Encoding.UTF8.GetBytes(value.AsString) : value.AsBytes));
                break;
            default:
                return false;
        }

        return Appended(text, letter == 'X' ? digits.ToString().ToUpperInvariant() : digits.ToString());
    }

    static bool AsFloat(StringBuilder text, char letter, int precision, Value value)
    {
        if (!value.IsNumber)
            return false;
        if (value.Kind == Kind.Double && !double.IsFinite(value.AsDouble))
            return Appended(text, ValueText.Of(value.AsDouble));

        var isNegative = value.Kind == Kind.Int ? value.AsInt < 0 : value.Kind == Kind.Double && double.IsNegative(value.AsDouble);
        var (numerator, denominator) = Fraction(value);
        text.Append(isNegative ? "-" : "");
        return Appended(text, letter == 'f' ? Fixed(numerator, denominator, precision) : Scientific(numerator, denominator, precision));
    }

    // Exactly, since what is halfway between two numbers goes to the even one, and only the exact value says what is halfway.
    static (BigInteger Numerator, BigInteger Denominator) Fraction(Value value)
    {
        if (value.Kind == Kind.Int)
            return (BigInteger.Abs(value.AsInt), BigInteger.One);
        if (value.Kind == Kind.UInt)
            return (value.AsUInt, BigInteger.One);

        var bits = BitConverter.DoubleToInt64Bits(value.AsDouble);
        var exponent = (int)(bits >> 52) & 0x7FF;
        var mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
        var shift = Math.Max(exponent, 1) - 1075;
        return shift >= 0 ? (new BigInteger(mantissa) << shift, BigInteger.One) : (mantissa, BigInteger.One << -shift);
    }

    static BigInteger Rounded(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
        var half = (rest * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    static string Fixed(BigInteger numerator, BigInteger denominator, int precision)
    {
        var digits = Rounded(numerator * BigInteger.Pow(10, precision), denominator)
            .ToString(CultureInfo.InvariantCulture)
            .PadLeft(precision + 1, '0');
        return precision == 0 ? digits : $"{digits[..^precision]}.{digits[^precision..]}";
    }

    static string Scientific(BigInteger numerator, BigInteger denominator, int precision)
    {
        var exponent = 0;
        if (!numerator.IsZero)
        {
            exponent = (int)Math.Floor(BigInteger.Log10(numerator) - BigInteger.Log10(denominator));
            // The logarithm is only nearly right beside a power of ten.
            while (numerator >= denominator * Power(exponent + 1) / Power(-exponent - 1))
                exponent++;
            while (numerator * Power(-exponent) < denominator * Power(exponent))
                exponent--;
        }

        var shift = precision - exponent;
        var digits = Rounded(numerator * Power(shift), denominator * Power(-shift)).ToString(CultureInfo.InvariantCulture);
        if (digits.Length > precision + 1)
        {
            exponent++;
            digits = digits[..^1];
        }

        digits = digits.PadRight(precision + 1, '0');
        return digits[..1] + (precision == 0 ? "" : "." + digits[1..])
            + string.Create(CultureInfo.InvariantCulture, $"e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");

        static BigInteger Power(int exponent) => exponent > 0 ? BigInteger.Pow(10, exponent) : BigInteger.One;
    }
}
