using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Workflows;

/// <param name="Id">The instance.</param>
/// <param name="Key">What people call it, e.g. <c>ORDER-12401</c>.</param>
sealed record StartAnswer(Guid Id, string Key);

/// <summary><c>POST /api/workflows/{type}</c>.</summary>
static class StartEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapPost("/workflows/{type}", StartAsync)
        .RequireRole(Role.Operator)
        .WithName("StartWorkflow")
        .WithTags("Workflows")
        .WithSummary("Starts a workflow instance")
        .WithDescription("202 once the start is durable. The same start again answers with the same instance and starts nothing.")
        .Produces<StartAnswer>(StatusCodes.Status202Accepted)
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .AddOpenApiOperationTransformer(OpenApi.DescribeStartAsync);

    static async Task<IResult> StartAsync(
        string type, HttpRequest request, WorkflowCatalog catalog, StartWorkflow start, CancellationToken cancellationToken)
    {
        if (catalog.Find(type) is not { } workflow)
        {
            var known = catalog.All.Select(candidate => candidate.Type).Order(StringComparer.Ordinal).ToArray();
            return Problems.NotFound(
                $"There is no workflow type '{type}'. Known types: {string.Join(", ", known)}.", "knownTypes", known);
        }

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(workflow.StartContract, body.Json);
        if (read.Message is null)
            return Problems.Invalid(read.Errors, $"The body is no valid {workflow.StartContract.Name}; nothing was started.");

        var started = await start(type, read.Message, cancellationToken);
        if (started.Outcome == StartOutcome.KeyTaken)
        {
            return Problems.Conflict(
                $"Another instance of '{type}' has the key '{started.Key}'; nothing was started. Choose another key or leave it out.",
                ("key", started.Key));
        }

        if (started.Outcome == StartOutcome.IdTaken)
        {
            return Problems.Conflict(
                $"The id {started.Id} belongs to '{started.Key}', an instance of another workflow; nothing was started. Choose another id.",
                ("key", started.Key));
        }

        return TypedResults.Accepted(
            $"{request.PathBase}/api/workflows/{started.Id}", new StartAnswer(started.Id, started.Key));
    }
}
