using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Contracts;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Gateway.Access;
using Resonance.Gateway.Workflows;

namespace Resonance.Gateway.Incidents;

/// <summary>Which incidents are meant, what is asked of them, and how fast.</summary>
sealed record BulkActionAsked : IValidatableObject
{
    /// <summary>Why; it is written to each instance's journal.</summary>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }

    /// <inheritdoc cref="ActionRequest.Operator"/>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Operator { get; init; }

    /// <summary>The workflow; all when left out.</summary>
    [StringLength(64, MinimumLength = 1), PlainText]
    public string? Type { get; init; }

    /// <summary>The activity that failed; all when left out.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Activity { get; init; }

    /// <summary>How it failed; all when left out.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? ErrorKind { get; init; }

    /// <summary>All three at once, e.g. <c>payment/AssessCard/timeout</c>.</summary>
    [StringLength(320, MinimumLength = 1), PlainText]
    public string? Fingerprint { get; init; }

    /// <summary>Incidents a second, 1 to 1,000; 100 when left out.</summary>
    [Range(1, BulkAction.PerSecondMax)]
    public int? PerSecond { get; init; }

    /// <inheritdoc cref="ActionRequest.Data"/>
    [JsonObject]
    public JsonElement? Data { get; init; }

    /// <inheritdoc cref="ActionRequest.Reply"/>
    [JsonObject]
    public JsonElement? Reply { get; init; }

    /// <inheritdoc cref="ActionRequest.State"/>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? State { get; init; }

    public ActionRequest Request() => new() { Reason = Reason, Operator = Operator, Data = Data, Reply = Reply, State = State };

    public IncidentFilter Filter() => new()
    {
        Type = Type,
        Activity = Activity,
        ErrorKind = ErrorKind,
        Fingerprint = Fingerprint is not null && Engine.Operations.Fingerprint.TryParse(Fingerprint, out var exact) ? exact : null,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Fingerprint is not null && !Engine.Operations.Fingerprint.TryParse(Fingerprint, out _))
            yield return new ValidationResult("fingerprint must have three parts, e.g. payment/AssessCard/timeout.", [nameof(Fingerprint)]);
    }
}

/// <param name="Id">Names the bulk action.</param>
/// <param name="Action">What is asked.</param>
/// <param name="Operator">Who asks.</param>
/// <param name="Reason">Why.</param>
/// <param name="AcceptedAt">When it was accepted.</param>
/// <param name="PerSecond">Incidents a second.</param>
/// <param name="Incidents">Incidents that are asked.</param>
/// <param name="Asked">Incidents that have been asked so far.</param>
/// <param name="Refused">Incidents of the filter that cannot be asked.</param>
/// <param name="Refusals">Why, each reason once; the first few.</param>
/// <param name="StoppedBy">Who called off what had not been sent yet.</param>
sealed record BulkActionAnswer(
    Guid Id, string Action, string Operator, string Reason, DateTimeOffset AcceptedAt, int PerSecond, int Incidents, int Asked, int Refused,
    IReadOnlyList<string> Refusals, string? StoppedBy)
{
    public static BulkActionAnswer Of(BulkAction action, int waiting) => new(
        action.Id, action.Request.Action, action.Request.Operator, action.Request.Reason, action.AcceptedAt, action.PerSecond, action.Incidents,
        action.Incidents - waiting, action.Refused, action.Refusals, action.StoppedBy);
}

/// <summary><c>POST /api/incidents/actions/{action}</c>, and how far it is.</summary>
static class BulkActionEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/incidents/actions/{action}", StartAsync)
            .RequireRole(Role.Operator)
            .WithName("ActOnIncidents")
            .WithTags("Incidents")
            .WithSummary("Asks every incident of a filter for one thing, so many a second")
            .WithDescription("202 once every request is durable. The journal of each instance shows what it made of it.")
            .Produces<BulkActionAnswer>(StatusCodes.Status202Accepted)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .AddOpenApiOperationTransformer(OpenApi.DescribeBulkActionAsync);
        api.MapGet("/incidents/actions/{id:guid}", FindAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetBulkAction")
            .WithTags("Incidents")
            .WithSummary("Shows how far a bulk action is")
            .Produces<BulkActionAnswer>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapDelete("/incidents/actions/{id:guid}", StopAsync)
            .RequireRole(Role.Operator)
            .WithName("StopBulkAction")
            .WithTags("Incidents")
            .WithSummary("Calls off what a bulk action has not asked yet")
            .Produces<BulkActionAnswer>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    static async Task<IResult> StartAsync(
        string action, HttpRequest request, ActOnIncidents act, Operator who, CancellationToken cancellationToken)
    {
        if (!OperatorActions.All.Contains(action))
            return ActionEndpoint.NoSuchAction(action);

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(BulkActionAsked), body.Json);
        if (read.Message is not BulkActionAsked asked)
            return Problems.Invalid(read.Errors, "No incident was asked.");
        if (asked.Request().Unread(action) is { Count: > 0 } unread)
            return Problems.Invalid(unread, "No incident was asked.");

        var by = await who.NameAsync(asked.Operator, "operator");
        if (by.Problem is not null)
            return by.Problem;

        var accepted = await act(
            asked.Filter(), asked.Request().For(action, by.Name), asked.PerSecond ?? BulkAction.PerSecondDefault, cancellationToken);
        return TypedResults.Accepted(
            $"{request.PathBase}/api/incidents/actions/{accepted.Id}", BulkActionAnswer.Of(accepted, accepted.Incidents));
    }

    static async Task<IResult> FindAsync(Guid id, HttpContext context, BulkActions bulk, CancellationToken cancellationToken)
    {
        if (await bulk.FindAsync(id, cancellationToken) is not { } progress)
            return NoSuchAction(id);

        var answer = BulkActionAnswer.Of(progress.Action, progress.Waiting);
        return EntityTags.Answer(context, EntityTags.OfContent(answer), answer);
    }

    static async Task<IResult> StopAsync(
        Guid id, BulkActions bulk, string? @operator, Operator who, CancellationToken cancellationToken)
    {
        var by = await who.NameAsync(QueryValues.Given(@operator), "operator");
        if (by.Problem is not null)
            return by.Problem;
        return await bulk.StopAsync(id, by.Name, cancellationToken) is { } progress
            ? TypedResults.Ok(BulkActionAnswer.Of(progress.Action, progress.Waiting))
            : NoSuchAction(id);
    }

    static IResult NoSuchAction(Guid id) => Problems.NotFound($"There is no bulk action with the id {id}.");
}
