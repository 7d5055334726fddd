using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Resonance.Contracts;

/// <summary>The JSON value is an object of at most 64 KiB, without a member twice and without U+0000, which Postgres cannot store.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class JsonObjectAttribute() : ValidationAttribute(
    "The field {0} must be a JSON object of at most 65536 bytes, without a member twice and without the character U+0000.")
{
    const int BytesMax = 64 * 1024;

    /// <inheritdoc />
    public override bool IsValid(object? value)
    {
        if (value is not JsonElement json)
            return true;
        if (json.ValueKind != JsonValueKind.Object)
            return false;

        var text = json.GetRawText();
        return System.Text.Encoding.UTF8.GetByteCount(text) <= BytesMax && IsClean(text);
    }

    static bool IsClean(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return IsStorable(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    static bool IsStorable(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().All(member => !member.Name.Contains('\0') && IsStorable(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().All(IsStorable),
        JsonValueKind.String => !value.GetString()!.Contains('\0'),
        _ => true,
    };
}
