using System.Globalization;

namespace Resonance.Engine.Rules.Language;

/// <summary>Reads timestamps and durations.</summary>
static class TimeText
{
    // The longest that means anything; digits behind the ninth are cut off anyway.
    const int LengthMax = 100;

    /// <summary>As in RFC 3339.</summary>
    public static Instant? ReadTimestamp(string text)
    {
        if (text.Length is < 20 or > LengthMax || text[10] is not ('T' or 't')
            || !DateTime.TryParseExact(
                text.AsSpan(0, 19).ToString().ToUpperInvariant(), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return null;
        }

        var rest = text.AsSpan(19);
        var nanos = 0;
        if (rest[0] == '.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0)
                return null;
            nanos = Nanos(rest.Slice(1, digits));
            rest = rest[(digits + 1)..];
        }

        if (Offset(rest) is not { } offset)
            return null;
        var instant = new Instant(Instant.From(time).Seconds - offset, nanos);
        return instant.IsInRange ? instant : null;
    }

    static int Nanos(ReadOnlySpan<char> digits)
    {
        var nanos = 0;
        for (var at = 0; at < 9; at++)
            nanos = nanos * 10 + (at < digits.Length ? digits[at] - '0' : 0);
        return nanos;
    }

    static int? Offset(ReadOnlySpan<char> text)
    {
        if (text is "Z" or "z")
            return 0;
        if (text is not ['+' or '-', _, _, ':', _, _]
            || !int.TryParse(text[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(text[4..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            || hours > 23 || minutes > 59)
        {
            return null;
        }

        var seconds = hours * 3600 + minutes * 60;
        return text[0] == '-' ? -seconds : seconds;
    }

    /// <summary>Numbers with units, such as <c>1h30m</c> or <c>-1.5s</c>; or <c>0</c>.</summary>
    /// <returns>Nanoseconds; null when it is none, or does not fit.</returns>
    public static long? ReadDuration(string text)
    {
        var rest = text.AsSpan();
        var isNegative = rest is ['-', ..];
        if (rest is ['+' or '-', ..])
            rest = rest[1..];
        if (rest is "0")
            return 0;
        if (rest.Length is 0 or > LengthMax)
            return null;

        Int128 total = 0;
        while (rest.Length > 0)
        {
            var length = rest.IndexOfAnyExcept("0123456789.");
            if (length <= 0 || Unit(rest[length..], out var letters) is not { } unit || Quantity(rest[..length], unit) is not { } nanos)
                return null;
            total += nanos;
            rest = rest[(length + letters)..];
        }

        total = isNegative ? -total : total;
        return total >= long.MinValue && total <= long.MaxValue ? (long)total : null;
    }

    static long? Unit(ReadOnlySpan<char> text, out int letters)
    {
        letters = text.IndexOfAnyInRange('.', '9');
        letters = letters < 0 ? text.Length : letters;
        return text[..letters] switch
        {
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" or "\u00B5s" or "\u03BCs" => 1_000,
            "ns" => 1,
            _ => null,
        };
    }

    static Int128? Quantity(ReadOnlySpan<char> digits, long unit)
    {
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? default : digits[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || whole.Length > 20 || fraction.Contains('.'))
            return null;

        Int128 nanos = 0;
        foreach (var digit in whole)
            nanos = nanos * 10 + (digit - '0');
        nanos *= unit;
        Int128 part = 0, scale = 1;
        foreach (var digit in fraction[..Math.Min(fraction.Length, 18)])
        {
            part = part * 10 + (digit - '0');
            scale *= 10;
        }

        return nanos + part * unit / scale;
    }
}
