using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Contracts;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;

namespace Resonance.Gateway.Workflows;

/// <summary>Why an operator asks for an action, and who asks.</summary>
sealed record ActionRequest
{
    /// <summary>Why; it is written to the journal.</summary>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }

    /// <summary>Who; <c>anonymous</c> when left out.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Operator { get; init; }
}

/// <param name="Id">The instance.</param>
/// <param name="Action">What it will receive.</param>
sealed record ActionAnswer(Guid Id, string Action);

/// <summary><c>POST /api/workflows/{id}/actions/{action}</c>.</summary>
static class ActionEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapPost("/workflows/{id:guid}/actions/{action}", ActAsync)
        .WithName("ActOnWorkflow")
        .WithTags("Workflows")
        .WithSummary("Asks an instance to retry, cancel, suspend, resume or compensate")
        .WithDescription("202 once the request is durable; the journal shows what the instance made of it.")
        .Produces<ActionAnswer>(StatusCodes.Status202Accepted)
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .AddOpenApiOperationTransformer(OpenApi.DescribeActionAsync);

    static async Task<IResult> ActAsync(
        Guid id, string action, HttpRequest request, ActOnWorkflow act, CancellationToken cancellationToken)
    {
        if (!OperatorActions.All.Contains(action))
        {
            return Problems.NotFound(
                $"There is no action '{action}'. Actions: {string.Join(", ", OperatorActions.All)}.", "actions", OperatorActions.All);
        }

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(ActionRequest), body.Json);
        if (read.Message is not ActionRequest asked)
            return Problems.Invalid(read.Errors, "The instance was not asked.");

        var result = await act(id, action, asked.Operator ?? "anonymous", asked.Reason, cancellationToken);
        return result.Outcome switch
        {
            ActionOutcome.NotFound => Problems.NoSuchInstance(id),
            ActionOutcome.NotAllowed => NotAllowed(action, result),
            _ => TypedResults.Accepted($"{request.PathBase}/api/workflows/{id}", new ActionAnswer(id, action)),
        };
    }

    static IResult NotAllowed(string action, ActionResult result)
    {
        var state = result.State is null ? null : StateNames.ToScreen(result.State);
        var allowed = result.Allowed.Count == 0 ? "It allows no action." : $"It allows: {string.Join(", ", result.Allowed)}.";
        return Problems.Conflict(
            $"The instance is in state {state} and does not allow '{action}' now. {allowed}",
            ("state", state),
            ("allowed", result.Allowed));
    }
}
