using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Resonance.Gateway;

/// <summary>Refusals as problem documents (RFC 9457), in words that say what to change.</summary>
static class Problems
{
    /// <summary>Each field's errors stand under <c>errors</c>.</summary>
    public static ValidationProblem Invalid(IReadOnlyDictionary<string, string[]> errors, string detail) =>
        TypedResults.ValidationProblem(errors, detail);

    public static ProblemHttpResult NotFound(string detail, string? name = null, object? value = null) =>
        Of(StatusCodes.Status404NotFound, detail, name, value);

    public static ProblemHttpResult NoSuchInstance(Guid id) => NotFound($"There is no workflow instance with the id {id}.");

    public static ProblemHttpResult Conflict(string detail, params (string Name, object? Value)[] facts) =>
        TypedResults.Problem(
            detail,
            statusCode: StatusCodes.Status409Conflict,
            extensions: facts.Select(fact => KeyValuePair.Create(fact.Name, fact.Value)));

    public static ProblemHttpResult BadRequest(string detail) => Of(StatusCodes.Status400BadRequest, detail);

    public static ProblemHttpResult Unauthorized(string detail) => Of(StatusCodes.Status401Unauthorized, detail);

    public static ProblemHttpResult Forbidden(string detail) => Of(StatusCodes.Status403Forbidden, detail);

    public static ProblemHttpResult TooMany(int seconds) => Of(
        StatusCodes.Status429TooManyRequests, $"You ask more than you may. Send the same request again in {seconds:N0} s.");

    /// <summary>The thing is not what the client has seen.</summary>
    public static ProblemHttpResult MovedOn(string detail, string? tag) =>
        Of(StatusCodes.Status412PreconditionFailed, detail, "etag", tag);

    public static ProblemHttpResult OtherRequest(string header) => Of(
        StatusCodes.Status422UnprocessableEntity,
        $"This {header} came with another request before; nothing was done. Choose a new key for each request, and keep it when you send it again.");

    public static ProblemHttpResult TooLarge(int bytesMax) =>
        Of(StatusCodes.Status413PayloadTooLarge, $"The body may hold {bytesMax:N0} bytes at most.");

    public static ProblemHttpResult NotJson(string detail) => Of(StatusCodes.Status415UnsupportedMediaType, detail);

    /// <summary>
    /// Says what the status says. The framework's own writer would answer a browser with bare text, or not at all, as browsers do not
    /// ask for problem documents.
    /// </summary>
    public static Task WriteAsync(HttpContext context) =>
        TypedResults.Problem(statusCode: context.Response.StatusCode).ExecuteAsync(context);

    static ProblemHttpResult Of(int status, string detail, string? name = null, object? value = null) =>
        TypedResults.Problem(
            detail, statusCode: status, extensions: name is null ? null : new Dictionary<string, object?> { [name] = value });
}
