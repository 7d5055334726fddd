using System.Globalization;

namespace Resonance.Engine.Rules.Language;

/// <summary>Numbers as they are written in a source.</summary>
static class Numerals
{
    public static string TypeOf(string digits) =>
        digits[^1] is 'u' or 'U' ? "a uint" : IsHexadecimal(digits) || !IsDouble(digits) ? "an int" : "a double";

    /// <returns>An error when it does not fit.</returns>
    public static Value Read(bool isNegative, string digits)
    {
        var isUnsigned = digits[^1] is 'u' or 'U';
        var text = isUnsigned ? digits.AsSpan(..^1) : digits;
        if (!IsHexadecimal(digits) && IsDouble(digits))
        {
            var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            return double.IsFinite(number) ? Value.Of(isNegative ? -number : number) : default;
        }

        var fits = IsHexadecimal(digits)
            ? ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var magnitude)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out magnitude);
        if (!fits)
            return default;
        if (isUnsigned)
            return isNegative && magnitude != 0 ? default : Value.Of(magnitude);
        if (isNegative)
            return magnitude <= 1UL << 63 ? Value.Of(unchecked(-(long)magnitude)) : default;
        return magnitude <= long.MaxValue ? Value.Of((long)magnitude) : default;
    }

    static bool IsHexadecimal(string digits) => digits.StartsWith("0x", StringComparison.Ordinal);

    static bool IsDouble(string digits) => digits.AsSpan().ContainsAny(".eE");
}
