using System.Net.Mime;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Resonance.Gateway.Access;

/// <summary>An endpoint whose answer has no end and cannot be held back: it hides what is sensitive by itself.</summary>
sealed record MasksItself;

/// <summary>An answer as somebody sees it who may only look.</summary>
/// <remarks>
/// Every JSON answer of the API passes here, whatever endpoint wrote it, so that none can forget to. Sensitive members are known by their
/// names; the values of the instances that the answer is about are also taken out of its texts.
/// </remarks>
sealed class MaskedAnswer(IResult inner) : IResult
{
    // As the framework writes all other answers.
    static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext;
        if (Actor.Of(request.User) is not { } actor || !SensitiveData.IsHiddenFrom(actor))
            return await next(context);

        var answer = await next(context);
        if (request.GetEndpoint()?.Metadata.GetMetadata<MasksItself>() is not null)
            return answer;

        return new MaskedAnswer(answer as IResult ?? TypedResults.Ok(answer));
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var outside = response.Body;
        using var held = new MemoryStream();
        response.Body = held;
        try
        {
            await inner.ExecuteAsync(httpContext);
            await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
        }
        finally
        {
            response.Body = outside;
        }

        if (held.Length == 0)
            return;

        var bytes = new ReadOnlyMemory<byte>(held.GetBuffer(), 0, (int)held.Length);
        if (IsJson(response.ContentType))
            bytes = await MaskAsync(httpContext, bytes);
        if (response.ContentLength is not null)
            response.ContentLength = bytes.Length;
        await outside.WriteAsync(bytes, httpContext.RequestAborted);
    }

    static bool IsJson(string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase) || type.Suffix == "json");

    static async ValueTask<ReadOnlyMemory<byte>> MaskAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        var sensitive = context.RequestServices.GetRequiredService<SensitiveData>();
        var node = sensitive.Hide(JsonNode.Parse(json.Span));
        var instances = new HashSet<Guid>();
        foreach (var name in new[] { "id", "workflowId" })
        {
            if (Guid.TryParse(context.Request.RouteValues[name]?.ToString(), out var id))
                instances.Add(id);
        }

        Collect(node, instances);
        var values = await sensitive.ValuesOfAsync(instances, context.RequestAborted);
        if (values.Count > 0)
            Redact(node, values);
        return JsonSerializer.SerializeToUtf8Bytes(node, Written);
    }

    static void Collect(JsonNode? node, HashSet<Guid> instances)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Collect(item, instances);
        }

        if (node is not JsonObject document)
            return;

        foreach (var (name, value) in document)
        {
            if (name is "id" or "workflowId" && value is JsonValue text && Guid.TryParse(text.ToString(), out var id))
                instances.Add(id);
            else
                Collect(value, instances);
        }
    }

    static void Redact(JsonNode? node, IReadOnlyList<string> values)
    {
        if (node is JsonArray items)
        {
            for (var i = 0; i < items.Count; i++)
            {
                if (Redacted(items[i], values) is { } shown)
                    items[i] = shown;
                else
                    Redact(items[i], values);
            }
        }

        if (node is not JsonObject document)
            return;

        foreach (var (name, value) in document.ToArray())
        {
            if (Redacted(value, values) is { } shown)
                document[name] = shown;
            else
                Redact(value, values);
        }
    }

    /// <returns>Null for what is no text, or a text that has nothing to hide.</returns>
    static string? Redacted(JsonNode? node, IReadOnlyList<string> values) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.ToString() is var text
            && SensitiveData.Without(text, values) is var shown && shown != text
            ? shown
            : null;
}
