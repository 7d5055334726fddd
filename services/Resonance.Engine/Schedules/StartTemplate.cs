using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Schedules;

/// <summary>
/// Makes a start message of a schedule's template: in its texts <c>{id}</c> becomes the firing's id, <c>{dueAt}</c> the time at which it
/// came due, and <c>{previousDueAt}</c> the due time before that, as the calendar has it, both as ISO 8601 in UTC.
/// </summary>
public static class StartTemplate
{
    internal const int LengthMax = 65_536;

    static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = ContractReader.DepthMax };
    static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="JsonException">The template is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A text of it has half a surrogate pair.</exception>
    internal static ReadOnlyMemory<byte> Fill(string template, FiringValues values)
    {
        using var document = JsonDocument.Parse(template, DocumentOptions);
        var filled = new ArrayBufferWriter<byte>(template.Length + 256);
        using var writer = new Utf8JsonWriter(filled, WriterOptions);
        Write(writer, document.RootElement, values);
        writer.Flush();
        return filled.WrittenMemory;
    }

    internal static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    static void Write(Utf8JsonWriter writer, JsonElement element, FiringValues values)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, values);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(writer, item, values);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(element.GetString()!
                    .Replace("{id}", values.Id.ToString("D"), StringComparison.Ordinal)
                    .Replace("{dueAt}", Text(values.DueAt), StringComparison.Ordinal)
                    .Replace("{previousDueAt}", Text(values.PreviousDueAt), StringComparison.Ordinal));
                break;
            default:
                // As it stands: digits of money must not pass through a floating point number.
                writer.WriteRawValue(element.GetRawText());
                break;
        }
    }
}

/// <summary>What a firing puts into its start message.</summary>
sealed record FiringValues(Guid Id, DateTimeOffset DueAt, DateTimeOffset PreviousDueAt)
{
    public static FiringValues Of(string schedule, ScheduleCalendar calendar, DateTimeOffset dueAt) =>
        new(NameBasedId.For($"schedule/{schedule}/{StartTemplate.Text(dueAt)}"), dueAt, calendar.Before(dueAt));
}
