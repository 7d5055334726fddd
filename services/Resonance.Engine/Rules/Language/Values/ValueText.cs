using System.Globalization;
using System.Text;

namespace Resonance.Engine.Rules.Language;

/// <summary>Values as text: what <c>string(...)</c> gives, and what messages show.</summary>
static class ValueText
{
    const int ShownMax = 40;

    public static string Of(double number)
    {
        if (double.IsNaN(number))
            return "NaN";
        if (double.IsInfinity(number))
            return number > 0 ? "Infinity" : "-Infinity";

        // The shortest digits that read back as the same number, and an exponent only where there would be too many zeros.
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        if (mark < 0)
            return text;
        var exponent = int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent is >= -6 and <= 20
            ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, mark)}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    /// <summary>As in RFC 3339, in UTC, with no more digits of a second than there are.</summary>
    public static string Of(Instant instant)
    {
        var seconds = instant.ToUtc().ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return seconds + Fraction(instant.Nanos) + "Z";
    }

    /// <summary>In seconds, such as <c>1.5s</c>.</summary>
    public static string OfDuration(long nanoseconds)
    {
        var (seconds, nanos) = Math.DivRem(nanoseconds, Instant.NanosPerSecond);
        return (nanoseconds < 0 ? "-" : "")
            + Math.Abs(seconds).ToString(CultureInfo.InvariantCulture) + Fraction((int)Math.Abs(nanos)) + "s";
    }

    static string Fraction(int nanos) => nanos == 0 ? "" : "." + nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');

    /// <summary>For people, cut off where it gets long.</summary>
    public static string Of(Value value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.Length <= ShownMax * 4 ? text.ToString() : text.ToString(0, ShownMax * 4) + "...";
    }

    /// <summary>The same, a text between quotes.</summary>
    public static string Quoted(Value value)
    {
        var text = new StringBuilder();
        WriteQuoted(text, value);
        return text.ToString();
    }

    static void WriteQuoted(StringBuilder text, Value value)
    {
        if (value.Kind != Kind.String)
            Write(text, value);
        else
            text.Append('\'').Append(value.AsString.Length > ShownMax ? value.AsString[..ShownMax] + "..." : value.AsString).Append('\'');
    }

    static void Write(StringBuilder text, Value value)
    {
        switch (value.Kind)
        {
            case Kind.Bool:
                text.Append(value.AsBool ? "true" : "false");
                break;
            case Kind.Int:
                text.Append(value.AsInt);
                break;
            case Kind.UInt:
                text.Append(value.AsUInt);
                break;
            case Kind.Double:
                text.Append(Of(value.AsDouble));
                break;
            case Kind.String:
                text.Append(value.AsString.Length > ShownMax ? value.AsString[..ShownMax] + "..." : value.AsString);
                break;
            case Kind.Bytes:
                text.Append(CultureInfo.InvariantCulture, $"{value.AsBytes.Length} bytes");
                break;
            case Kind.Timestamp:
                text.Append(Of(value.AsTimestamp));
                break;
            case Kind.Duration:
                text.Append(OfDuration(value.AsDuration));
                break;
            case Kind.Type:
                text.Append(value.AsTypeName);
                break;
            case Kind.Error:
                text.Append(value.AsError.Message);
                break;
            case Kind.Null:
                text.Append("null");
                break;
            default:
                WriteParts(text, value);
                break;
        }
    }

    static void WriteParts(StringBuilder text, Value value)
    {
        text.Append(value.Kind == Kind.List ? '[' : '{');
        var count = value.Kind switch
        {
            Kind.List => value.AsList.Count,
            Kind.Map => value.AsMap.Count,
            _ => value.AsRecord.Type.Fields.Count,
        };
        for (var at = 0; at < count && text.Length < ShownMax * 4; at++)
        {
            text.Append(at == 0 ? "" : ", ");
            if (value.Kind == Kind.Map)
                WriteQuoted(text, value.AsMap.Keys[at]);
            else if (value.Kind == Kind.Record)
                text.Append(value.AsRecord.Type.Fields[at].Name);
            if (value.Kind != Kind.List)
                text.Append(": ");
            WriteQuoted(text, value.Kind switch
            {
                Kind.List => value.AsList[at],
                Kind.Map => value.AsMap.Values[at],
                _ => value.AsRecord[at],
            });
        }

        text.Append(value.Kind == Kind.List ? ']' : '}');
    }
}
