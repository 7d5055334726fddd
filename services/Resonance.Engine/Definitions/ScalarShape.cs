using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Resonance.Engine.Definitions;

/// <summary>A single JSON value that a contract may hold.</summary>
/// <param name="Description">Completes "must be ...".</param>
/// <param name="Problem">What was found instead; null when the value fits.</param>
sealed record ScalarShape(string Description, Func<JsonElement, string?> Problem)
{
    static readonly Dictionary<Type, ScalarShape> Known = new()
    {
        [typeof(Guid)] = Text("a UUID, e.g. 3f2504e0-4f89-41d3-9a0c-0305e82c3301", value => value.TryGetGuid(out _)),
        [typeof(string)] = Text("a text", _ => true),
        [typeof(bool)] = new("true or false", value => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : Found(value)),
        [typeof(sbyte)] = Integer<sbyte>(value => value.TryGetSByte(out _)),
        [typeof(byte)] = Integer<byte>(value => value.TryGetByte(out _)),
        [typeof(short)] = Integer<short>(value => value.TryGetInt16(out _)),
        [typeof(ushort)] = Integer<ushort>(value => value.TryGetUInt16(out _)),
        [typeof(int)] = Integer<int>(value => value.TryGetInt32(out _)),
        [typeof(uint)] = Integer<uint>(value => value.TryGetUInt32(out _)),
        [typeof(long)] = Integer<long>(value => value.TryGetInt64(out _)),
        [typeof(ulong)] = Integer<ulong>(value => value.TryGetUInt64(out _)),
        [typeof(decimal)] = new("a number of at most 28 digits", DecimalProblem),
        // Too large a number reads as infinity, which no arithmetic recovers from.
        [typeof(double)] = Number("a number", value => value.TryGetDouble(out var number) && double.IsFinite(number)),
        [typeof(float)] = Number("a number", value => value.TryGetSingle(out var number) && float.IsFinite(number)),
        [typeof(DateTimeOffset)] = Text("a time of ISO 8601, e.g. 2026-01-31T09:15:43Z", value => value.TryGetDateTimeOffset(out _)),
        [typeof(DateTime)] = Text("a time of ISO 8601, e.g. 2026-01-31T09:15:43Z", value => value.TryGetDateTime(out _)),
        [typeof(DateOnly)] = Text("a date, e.g. 2026-01-31", value => DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", out _)),
    };

    /// <returns>Null for a type that only its own converter knows.</returns>
    public static ScalarShape? Of(Type type) => type.IsEnum ? Enumeration(type) : Known.GetValueOrDefault(type);

    public static bool TryParseDecimal(string? text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    /// <summary>Completes "found ...". Texts are not repeated: they may be secrets.</summary>
    public static string Found(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    static ScalarShape Text(string description, Func<JsonElement, bool> fits) => new(description, value =>
    {
        if (value.ValueKind != JsonValueKind.String)
            return Found(value);

        // Only an escape can bring in half a character, or U+0000, which Postgres cannot store in any text or JSON.
        if (JsonMarshal.GetRawUtf8Value(value).Contains((byte)'\\'))
        {
            if (!TryGetText(value, out var text))
                return "a text with half a surrogate pair";
            if (text.Contains('\0', StringComparison.Ordinal))
                return "a text with the character U+0000";
        }

        return fits(value) ? null : "a text of another form";
    });

    static ScalarShape Integer<T>(Func<JsonElement, bool> fits) where T : IMinMaxValue<T> =>
        Number($"a whole number from {T.MinValue} to {T.MaxValue}", fits);

    static ScalarShape Number(string description, Func<JsonElement, bool> fits) => new(description, value =>
        value.ValueKind != JsonValueKind.Number ? Found(value) : fits(value) ? null : Digits(value));

    static ScalarShape Enumeration(Type type)
    {
        var names = Enum.GetNames(type);
        return Text($"one of {string.Join(", ", names)}", value => names.Contains(value.GetString(), StringComparer.OrdinalIgnoreCase));
    }

    static string? DecimalProblem(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetDecimal(out _) ? null : Digits(value),
        JsonValueKind.String => TryGetText(value, out var text) && TryParseDecimal(text, out _) ? null : "a text that is not a number",
        _ => Found(value),
    };

    static string Digits(JsonElement value) => value.GetRawText() is { Length: <= 40 } digits ? digits : "a longer number";

    static bool TryGetText(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }
}
