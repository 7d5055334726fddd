using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Resonance.Contracts;
using Resonance.Engine.Definitions;
using Resonance.Gateway.Idempotency;

namespace Resonance.Gateway.Access;

/// <summary>A key that is wanted.</summary>
sealed record AddKeyRequest : IValidatableObject
{
    /// <summary>Who will act with it; the journal has this name.</summary>
    [Required, StringLength(ApiKey.NameMax, MinimumLength = 1), PlainText]
    public required string Name { get; init; }

    /// <summary><c>viewer</c>, <c>operator</c> or <c>admin</c>.</summary>
    [Required, StringLength(16, MinimumLength = 1), PlainText]
    public required string Role { get; init; }

    /// <summary>After how many days it is worth nothing; never when left out.</summary>
    [Range(1, ApiKey.DaysMax)]
    public int? ExpiresInDays { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ApiKey.WhyNoName(Name) is { } problem)
            yield return new ValidationResult(problem, [nameof(Name)]);
        if (RoleNames.Find(Role) is null)
            yield return new ValidationResult($"role must be one of {string.Join(", ", RoleNames.All)}.", [nameof(Role)]);
    }
}

/// <summary>A key, without what opens anything.</summary>
sealed record KeyAnswer(
    string Id, string Name, string Role, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    public static KeyAnswer Of(ApiKey key) => new(
        key.Id, key.Name, RoleNames.Of(key.Role), key.CreatedAt, key.CreatedBy, key.ExpiresAt, key.RevokedAt);
}

/// <param name="Key">What is kept of it.</param>
/// <param name="Secret">What its owner sends. Nobody can tell it again.</param>
sealed record NewKeyAnswer(KeyAnswer Key, string Secret);

/// <summary><c>GET</c> and <c>POST /api/keys</c>, <c>GET</c> and <c>DELETE /api/keys/{id}</c>.</summary>
static partial class KeyEndpoints
{
    const string Live = "live";
    const string Expired = "expired";
    const string Revoked = "revoked";

    // Of keys of one name one at most lives, and the others are told apart by their ids.
    static readonly WholeList<ApiKey> Kept = new(
        "-createdAt",
        ("createdAt", key => ListPlace.At(key.CreatedAt, key.Id)),
        ("name", key => ListPlace.By($"{key.Name}\n{key.Id}")));

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/keys", ListAsync)
            .RequireRole(Role.Admin)
            .WithName("ListKeys")
            .WithTags("Access")
            .WithSummary("Lists the API keys that there ever were, the last one first unless sort says otherwise")
            .Produces<ListAnswer<KeyAnswer>>()
            .ProducesValidationProblem()
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
        api.MapGet("/keys/{id}", GetAsync)
            .RequireRole(Role.Admin)
            .WithName("GetKey")
            .WithTags("Access")
            .WithSummary("Shows what is kept of an API key")
            .Produces<KeyAnswer>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/keys", AddAsync)
            .RequireRole(Role.Admin)
            .WithMetadata(new AnswersSecret())
            .WithName("AddKey")
            .WithTags("Access")
            .WithSummary("Makes an API key")
            .WithDescription("The answer shows its secret, which is kept nowhere and cannot be shown again.")
            .Produces<NewKeyAnswer>(StatusCodes.Status201Created)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .AddOpenApiOperationTransformer(OpenApi.DescribeBodyAsync<AddKeyRequest>);
        api.MapDelete("/keys/{id}", RevokeAsync)
            .RequireRole(Role.Admin)
            .WithName("RevokeKey")
            .WithTags("Access")
            .WithSummary("Makes an API key worth nothing, in every process within seconds")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    static async Task<IResult> ListAsync(
        ApiKeys keys,
        TimeProvider clock,
        [Description("The name, or how it begins with a * at the end, e.g. ci-*.")] string? name,
        [Description("viewer, operator or admin.")] string? role,
        [Description("live, expired or revoked.")] string? state,
        [Description("createdAt or name; with a minus in front from the last to the first. -createdAt when left out.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before; it belongs to the order of that list.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var asked = Kept.Read(query, sort, limit, cursor);
        var named = query.Text("name", name);
        var may = query.OneOfOrNone("role", role, [.. RoleNames.All]);
        var only = query.OneOfOrNone("state", state, Live, Expired, Revoked);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var now = clock.GetUtcNow();
        var found = (await keys.ListAsync(cancellationToken)).Where(key =>
            QueryValues.IsNamed(key.Name, named) && (may is null || RoleNames.Of(key.Role) == may) && (only is null || StateOf(key, now) == only));
        return TypedResults.Ok(asked.PageOf(found, KeyAnswer.Of));
    }

    static async Task<IResult> GetAsync(string id, HttpContext context, ApiKeys keys, CancellationToken cancellationToken)
    {
        if ((await keys.ListAsync(cancellationToken)).FirstOrDefault(key => key.Id == id) is not { } found)
            return Problems.NotFound("There is no key with that id.");

        var answer = KeyAnswer.Of(found);
        return EntityTags.Answer(context, EntityTags.OfContent(answer), answer);
    }

    static string StateOf(ApiKey key, DateTimeOffset now) => key.RevokedAt is not null ? Revoked : key.IsLive(now) ? Live : Expired;

    static async Task<IResult> AddAsync(
        HttpRequest request, ApiKeys keys, KnownKeys known, Operator who, ILogger<ApiKeys> logger, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(AddKeyRequest), body.Json);
        if (read.Message is not AddKeyRequest asked)
            return Problems.Invalid(read.Errors, "No key was made.");

        var by = (await who.GetAsync()).Name;
        TimeSpan? life = asked.ExpiresInDays is { } days ? TimeSpan.FromDays(days) : null;
        if (await keys.AddAsync(asked.Name, RoleNames.Find(asked.Role)!.Value, life, by, cancellationToken) is not var (key, text))
        {
            return Problems.Conflict(
                $"There is a key with the name '{asked.Name}' that is not revoked; no key was made. Choose another name, or revoke that key first.");
        }

        known.Forget();
        LogAdded(logger, key.Id, key.Name, RoleNames.Of(key.Role), by);
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"{request.PathBase}/api/keys/{key.Id}", new NewKeyAnswer(KeyAnswer.Of(key), text));
    }

    static async Task<IResult> RevokeAsync(
        string id, ApiKeys keys, KnownKeys known, Operator who, ILogger<ApiKeys> logger, CancellationToken cancellationToken)
    {
        if (!await keys.RevokeAsync(id, cancellationToken))
            return Problems.NotFound("There is no key with that id.");

        known.Forget();
        LogRevoked(logger, id, (await who.GetAsync()).Name);
        return TypedResults.NoContent();
    }

    [LoggerMessage(EventId = 4010, EventName = "KeyAdded", Level = LogLevel.Information,
        Message = "API key {Id} '{Name}' with the role {Role} was made by {By}.")]
    static partial void LogAdded(ILogger logger, string id, string name, string role, string by);

    [LoggerMessage(EventId = 4011, EventName = "KeyRevoked", Level = LogLevel.Information, Message = "API key {Id} was revoked by {By}.")]
    static partial void LogRevoked(ILogger logger, string id, string by);
}
