using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Idempotency;

/// <summary>
/// Lets a client send a post again that it got no answer to: under the same <c>Idempotency-Key</c> it happens once, and the first answer is
/// given again (draft-ietf-httpapi-idempotency-key-header).
/// </summary>
/// <remarks>Only what was done is kept. A refusal did nothing: the same key may come again with a better request.</remarks>
sealed partial class IdempotencyFilter(IdempotencyStore store, AccessOptions access, ILogger<IdempotencyFilter> logger) : IEndpointFilter
{
    public const string HeaderName = "Idempotency-Key";

    const int KeyLengthMax = 255;
    const int BodyBytesMax = 1024 * 1024;

    static readonly object RequestIdKey = new();
    static readonly string[] HeadersKept = [HeaderNames.ContentType, HeaderNames.Location, HeaderNames.ETag];

    /// <summary>Names what a request does, so that it is the same thing when it comes again; null when it has no key.</summary>
    public static Guid? RequestIdOf(HttpContext context) => context.Items[RequestIdKey] as Guid?;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsPost(http.Request.Method) || !http.Request.Headers.TryGetValue(HeaderName, out var header))
            return await next(context);

        // What is told once must not be kept: whoever reads the store would have it.
        if (http.GetEndpoint()?.Metadata.GetMetadata<AnswersSecret>() is not null)
            return await next(context);
        if (KeyOf(header) is not { } given)
        {
            return Problems.Invalid(
                new Dictionary<string, string[]>
                {
                    [HeaderName] = [$"{HeaderName} must be given once, with 1 to {KeyLengthMax} visible ASCII characters, e.g. a UUID."],
                },
                "Nothing was done.");
        }

        var body = await TakeBodyAsync(http.Request, access.Limits.BodyBytes, http.RequestAborted);
        var key = Hash($"{http.User.Identity?.AuthenticationType}/{Actor.Of(http.User)?.Name}\n{given}", default);
        var fingerprint = Hash($"{http.Request.Path}{http.Request.QueryString}\n{http.Request.ContentType}\n", body);
        var claim = await store.ClaimAsync(key, fingerprint, http.RequestAborted);
        if (claim.Fingerprint != fingerprint)
            return Problems.OtherRequest(HeaderName);
        if (claim.Answer is { } known)
            return new Replay(known);
        if (claim.Claim is null)
            return UnderWay(http);

        http.Items[RequestIdKey] = claim.RequestId;
        return await RunAsync(context, next, key, claim.Claim);
    }

    async Task<object?> RunAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, string key, string claim)
    {
        KeptAnswer? answer = null;
        try
        {
            answer = await AnswerAsync(context, next);
            return new Replay(answer, First: true);
        }
        finally
        {
            // Whatever became of the client: the next one with the key must find what happened.
            try
            {
                if (answer is { Status: < 300 } && answer.Body.Length <= BodyBytesMax)
                    await store.KeepAsync(key, claim, answer, CancellationToken.None);
                else
                    await store.GiveUpAsync(key, claim, CancellationToken.None);
                await store.PurgeAsync(CancellationToken.None);
            }
            catch (DbException exception)
            {
                // The claim runs out by itself, and what was sent has an id that follows from the request: again, it does nothing.
                LogNotKept(logger, context.HttpContext.Request.Path, exception);
            }
        }
    }

    /// <summary>Runs the endpoint and catches what it writes.</summary>
    static async Task<KeptAnswer> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var result = await next(context);
        var outside = http.Response.Body;
        using var written = new MemoryStream();
        http.Response.Body = written;
        try
        {
            await (result as IResult ?? TypedResults.Json(result)).ExecuteAsync(http);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
        finally
        {
            http.Response.Body = outside;
        }

        var headers = HeadersKept
            .Where(name => !string.IsNullOrEmpty(http.Response.Headers[name]))
            .ToDictionary(name => name, name => http.Response.Headers[name].ToString());
        return new KeptAnswer(http.Response.StatusCode, headers, written.ToArray());
    }

    /// <summary>What is longer than any endpoint takes is handed on far enough for it to see that.</summary>
    static async Task<ReadOnlyMemory<byte>> TakeBodyAsync(HttpRequest request, int most, CancellationToken cancellationToken)
    {
        var taken = new MemoryStream();
        var chunk = new byte[8192];
        while (taken.Length <= most && await request.Body.ReadAsync(chunk, cancellationToken) is var read and > 0)
            taken.Write(chunk, 0, read);

        taken.Position = 0;
        request.Body = taken;
        return taken.GetBuffer().AsMemory(0, (int)taken.Length);
    }

    /// <summary>A structured text in quotation marks, as the draft has it, or the bare text that most clients send.</summary>
    static string? KeyOf(Microsoft.Extensions.Primitives.StringValues header)
    {
        if (header is not [{ } only])
            return null;

        var key = only is ['"', .. var inner, '"'] ? inner : only;
        return key.Length is >= 1 and <= KeyLengthMax && key.All(letter => letter is > ' ' and <= '~') ? key : null;
    }

    static IResult UnderWay(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        return Problems.Conflict($"A request with this {HeaderName} is still under way. Send the same request again in a moment.");
    }

    static string Hash(string text, ReadOnlyMemory<byte> rest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData(rest.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    [LoggerMessage(EventId = 4003, EventName = "AnswerNotKept", Level = LogLevel.Warning,
        Message = "The answer to a request to {Path} could not be kept under its Idempotency-Key. The same request again is executed again.")]
    static partial void LogNotKept(ILogger logger, PathString path, Exception exception);

    /// <summary>Writes an answer as it was caught or kept.</summary>
    sealed record Replay(KeptAnswer Answer, bool First = false) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = Answer.Status;
            foreach (var (name, value) in Answer.Headers)
                response.Headers[name] = value;
            if (!First)
                response.Headers["Idempotency-Replayed"] = "true";
            response.ContentLength = Answer.Body.Length;
            await response.Body.WriteAsync(Answer.Body, httpContext.RequestAborted);
        }
    }
}

/// <summary>Says of an endpoint that its answer holds a secret, which is told once and never kept.</summary>
sealed record AnswersSecret;
