using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Resonance.Gateway;

/// <summary>Tags of things (RFC 9110): a client asks whether what it has is current, and acts only on what it has seen.</summary>
static class EntityTags
{
    /// <summary>The tag of what has a version.</summary>
    public static EntityTagHeaderValue Of(long version) => new(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));

    /// <summary>The tag of what has none: it follows from all that it is.</summary>
    public static EntityTagHeaderValue OfContent<T>(T content) =>
        new($"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(content))), 0, 16)}\"");

    /// <summary>A text with the tag that follows from it; 304 when the client has it.</summary>
    public static IResult Text(HttpContext context, string text, string mediaType)
    {
        var tag = OfContent(text);
        Mark(context, tag);
        return Names(context.Request.Headers.IfNoneMatch, tag, weakToo: true)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Text(text, mediaType, Encoding.UTF8);
    }

    /// <summary>The thing with its tag; 304 when the client has it.</summary>
    public static IResult Answer<T>(HttpContext context, EntityTagHeaderValue tag, T thing)
    {
        Mark(context, tag);
        return Names(context.Request.Headers.IfNoneMatch, tag, weakToo: true)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(thing);
    }

    /// <summary>
    /// The thing, with its tag for <c>If-Match</c>, beside what goes on by itself, such as figures: always whole, as these are never what the
    /// client has.
    /// </summary>
    public static IResult AnswerLive<T>(HttpContext context, EntityTagHeaderValue tag, T thing)
    {
        Mark(context, tag);
        return TypedResults.Ok(thing);
    }

    /// <summary>Whether a request is only meant for a thing in a certain state.</summary>
    public static bool HasCondition(HttpRequest request) => request.Headers.ContainsKey(HeaderNames.IfMatch);

    /// <summary>Refuses a request that was meant for the thing as it was; null when it may go on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="tag">Of the thing as it is; null when there is none.</param>
    /// <param name="name">What people call it.</param>
    public static IResult? Unmet(HttpContext context, EntityTagHeaderValue? tag, string name)
    {
        if (!HasCondition(context.Request))
            return null;
        if (tag is null)
            return Problems.MovedOn($"There is no {name}, and If-Match asks for one; nothing was done.", null);
        if (Names(context.Request.Headers.IfMatch, tag, weakToo: false))
            return null;

        Mark(context, tag);
        return Problems.MovedOn($"The {name} has moved on since you looked at it; nothing was done. Look at it again, then decide.", tag.ToString());
    }

    static void Mark(HttpContext context, EntityTagHeaderValue tag)
    {
        context.Response.Headers.ETag = tag.ToString();

        // What one may see another may not.
        context.Response.Headers.CacheControl = "private, no-cache";
    }

    /// <summary>A header that cannot be read names nothing: better to do too little than to act on what was not seen.</summary>
    static bool Names(Microsoft.Extensions.Primitives.StringValues header, EntityTagHeaderValue tag, bool weakToo) =>
        header.Count > 0
        && EntityTagHeaderValue.TryParseList([.. header.OfType<string>()], out var named)
        && named.Any(candidate => candidate.Equals(EntityTagHeaderValue.Any) || candidate.Compare(tag, useStrongComparison: !weakToo));
}
