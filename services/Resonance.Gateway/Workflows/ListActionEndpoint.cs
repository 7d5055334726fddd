using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Contracts;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;
using Resonance.Gateway.Incidents;

namespace Resonance.Gateway.Workflows;

/// <summary>What is asked of every instance of a list, and how fast.</summary>
sealed record ListActionAsked
{
    /// <inheritdoc cref="ActionRequest.Reason"/>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }

    /// <inheritdoc cref="ActionRequest.Operator"/>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Operator { get; init; }

    /// <summary>Instances a second, 1 to 1,000; 100 when left out.</summary>
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
}

/// <summary><c>POST /api/workflows/actions/{action}</c>: with the same query string as the list.</summary>
static class ListActionEndpoint
{
    const string NobodyAsked = "No instance was asked.";

    public static void Map(IEndpointRouteBuilder api) => api
        .MapPost("/workflows/actions/{action}", StartAsync)
        .RequireRole(Role.Operator)
        .WithName("ActOnWorkflows")
        .WithTags("Workflows")
        .WithSummary("Asks every instance of a list for one thing, so many a second")
        .WithDescription(
            "The query string is that of the list, and must leave some instances out. 202 once every request is durable; how far it is, " +
            "the address in Location tells. Instances whose state does not allow the action are left alone and counted.")
        .Produces<BulkActionAnswer>(StatusCodes.Status202Accepted)
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .AddOpenApiOperationTransformer(OpenApi.DescribeListActionAsync);

    static async Task<IResult> StartAsync(
        string action, [AsParameters] WorkflowListQuery list, HttpRequest request, WorkflowQueries queries, WorkflowCatalog catalog,
        ActOnList act, Operator who, CancellationToken cancellationToken)
    {
        if (!OperatorActions.All.Contains(action))
            return ActionEndpoint.NoSuchAction(action);

        var query = new QueryValues();
        var filter = list.ToFilter(query, catalog, queries);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, NobodyAsked);
        if (!IsNarrow(filter))
        {
            return Problems.BadRequest(
                $"{NobodyAsked} Say in the query string which instances are meant, e.g. ?type=order&status=suspended; all there are is never meant.");
        }

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(ListActionAsked), body.Json);
        if (read.Message is not ListActionAsked asked)
            return Problems.Invalid(read.Errors, NobodyAsked);
        if (asked.Request().Unread(action) is { Count: > 0 } unread)
            return Problems.Invalid(unread, NobodyAsked);

        var by = await who.NameAsync(asked.Operator, "operator");
        if (by.Problem is not null)
            return by.Problem;

        var accepted = await act(
            filter, request.QueryString.Value ?? "", asked.Request().For(action, by.Name), asked.PerSecond ?? BulkAction.PerSecondDefault,
            cancellationToken);
        return TypedResults.Accepted(
            $"{request.PathBase}/api/incidents/actions/{accepted.Id}", BulkActionAnswer.Of(accepted, accepted.Incidents));
    }

    static bool IsNarrow(WorkflowFilter filter) =>
        filter is not
        {
            Type: null, Statuses.Count: 0, State: null, Key: null, Search: null, StartedFrom: null, StartedTo: null, UpdatedFrom: null,
            UpdatedTo: null, Incident: null, Cause: null, Data.Count: 0,
        };
}
