using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Resonance.Cli.Api;

/// <summary>Reads members of answers. A newer server may say more, an older one less: what is not there is null.</summary>
static class Json
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonElement? Member(this JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement of, string name) => of.Member(name)?.ToString();

    public static long? Number(this JsonElement of, string name) =>
        of.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    public static double? Fraction(this JsonElement of, string name) =>
        of.Member(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    public static bool Flag(this JsonElement of, string name) => of.Member(name) is { ValueKind: JsonValueKind.True };

    public static DateTimeOffset? Time(this JsonElement of, string name) =>
        of.Member(name) is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out var time) ? time : null;

    public static IEnumerable<JsonElement> Items(this JsonElement of, string name) =>
        of.Member(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Members(this JsonElement of, string name) =>
        of.Member(name) is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : [];

    /// <summary>A request's body; members without a value are left out.</summary>
    public static JsonElement Body(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var body = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (value is not null)
                body[name] = JsonSerializer.SerializeToNode(value);
        }

        return JsonSerializer.SerializeToElement(body);
    }

    public static string Pretty(this JsonElement value) => JsonSerializer.Serialize(value, Indented);

    public static string OnOneLine(this JsonElement value) => JsonSerializer.Serialize(value, Compact);
}
