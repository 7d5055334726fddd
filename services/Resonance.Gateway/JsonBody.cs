using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Resonance.Gateway.Access;

namespace Resonance.Gateway;

/// <summary>A request's body, or why it is not taken.</summary>
sealed record JsonBody(ReadOnlyMemory<byte> Json, ProblemHttpResult? Problem)
{
    const int ChunkBytes = 4096;

    public static async Task<JsonBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (UnsupportedBecause(request) is { } reason)
            return Refused(Problems.NotJson(reason));
        var most = request.HttpContext.RequestServices.GetRequiredService<AccessOptions>().Limits.BodyBytes;
        if (request.ContentLength > most)
            return Refused(Problems.TooLarge(most));

        // Read here and not by the framework's binding, which stops at the first error and says little about it.
        var body = new ArrayBufferWriter<byte>(Math.Max(ChunkBytes, (int)(request.ContentLength ?? 0)));
        while (await request.Body.ReadAsync(body.GetMemory(ChunkBytes), cancellationToken) is var read and > 0)
        {
            body.Advance(read);
            if (body.WrittenCount > most)
                return Refused(Problems.TooLarge(most));
        }

        return new JsonBody(body.WrittenMemory, null);
    }

    static JsonBody Refused(ProblemHttpResult problem) => new(default, problem);

    static string? UnsupportedBecause(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return "The body must be JSON; send it with the header Content-Type: application/json.";
        }

        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return "The body must be encoded as UTF-8; leave the charset out of Content-Type.";
        if (request.Headers.ContentEncoding.Any(encoding => encoding is not (null or "" or "identity")))
            return "The body must not be compressed; leave the header Content-Encoding out.";
        return null;
    }
}
