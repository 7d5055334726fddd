using System.Net;
using System.Text.Json;
using Resonance.Cli.Running;

namespace Resonance.Cli.Api;

/// <summary>Turns a refusal (a problem document, RFC 9457) into words and an exit code.</summary>
static class Problem
{
    public static ToolFailure Read(HttpStatusCode status, string text, Uri? location)
    {
        var document = Parse(text);
        var title = Text(document, "title");
        var detail = Text(document, "detail");
        var message = detail ?? title ?? $"The server answered with {(int)status}.";
        return new ToolFailure(ExitOf(status), message, [.. FieldErrors(document), .. Advice(status, location)]) { Status = status };
    }

    static int ExitOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCodes.NotAuthorised,
        HttpStatusCode.NotFound => ExitCodes.NotFound,
        HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType => ExitCodes.WrongUsage,
        >= HttpStatusCode.InternalServerError or < HttpStatusCode.BadRequest => ExitCodes.ServerFailed,
        _ => ExitCodes.Refused,
    };

    static IEnumerable<string> Advice(HttpStatusCode status, Uri? location) => status switch
    {
        HttpStatusCode.Unauthorized => ["Give a key with --api-key or RESONANCE_API_KEY."],
        HttpStatusCode.Forbidden => ["Give a key of a role that may do this with --api-key or RESONANCE_API_KEY."],
        HttpStatusCode.TooManyRequests => ["Ask again in a moment."],
        HttpStatusCode.ServiceUnavailable => ["Ask again in a moment; 'resonance status' shows what is wrong."],
        < HttpStatusCode.BadRequest when location is not null => [$"The server points to {location}; say where the gateway is with --server."],
        _ => [],
    };

    static IEnumerable<string> FieldErrors(JsonElement? document)
    {
        if (document is not { } problem || !problem.TryGetProperty("errors", out var errors) || errors.ValueKind != JsonValueKind.Object)
            yield break;

        foreach (var field in errors.EnumerateObject())
        {
            IEnumerable<JsonElement> messages = field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray() : [field.Value];
            foreach (var message in messages)
            {
                // Most sentences begin with their field.
                var said = message.ToString();
                yield return field.Name.Length == 0 || said.StartsWith(field.Name, StringComparison.OrdinalIgnoreCase) ? said : $"{field.Name}: {said}";
            }
        }
    }

    static JsonElement? Parse(string text)
    {
        try
        {
            return JsonElement.Parse(text) is { ValueKind: JsonValueKind.Object } document ? document : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string? Text(JsonElement? document, string member) =>
        document is { } problem && problem.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
