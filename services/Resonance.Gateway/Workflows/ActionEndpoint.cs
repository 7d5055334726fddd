using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Contracts;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;
using Resonance.Gateway.Idempotency;

namespace Resonance.Gateway.Workflows;

/// <summary>Why an operator asks for an action, and who asks.</summary>
sealed record ActionRequest
{
    /// <summary>Why; it is written to the journal.</summary>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }

    /// <summary>Who, while access is open; <c>anonymous</c> when left out. Otherwise whoever sends the request.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? Operator { get; init; }

    /// <summary>With <c>retry</c>: what to change in the instance's data first, a JSON merge patch (RFC 7396).</summary>
    [JsonObject]
    public JsonElement? Data { get; init; }

    /// <summary>With <c>skip</c>, and needed there: the reply in place of the worker's.</summary>
    [JsonObject]
    public JsonElement? Reply { get; init; }

    /// <summary>With <c>resolve</c>: the end, as on screen; the one with the status <c>completed</c> when left out.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? State { get; init; }

    /// <summary>What an instance is asked.</summary>
    public OperatorRequest For(string action, string by) => new(action, by, Reason) { Data = Data, Reply = Reply, State = State };

    /// <summary>What was given and would not be read, by member; nothing when all is well.</summary>
    public Dictionary<string, string[]> Unread(string action)
    {
        var errors = new Dictionary<string, string[]>();
        Refuse("data", Data is not null, OperatorActions.Retry);
        Refuse("reply", Reply is not null, OperatorActions.Skip);
        Refuse("state", State is not null, OperatorActions.Resolve);
        if (action == OperatorActions.Skip && Reply is null)
            errors["reply"] = ["reply is needed: the reply in place of the worker's, as its contract has it."];
        return errors;

        void Refuse(string member, bool given, string reader)
        {
            if (given && action != reader)
                errors[member] = [$"{member} is only read by '{reader}'; leave it out with '{action}'."];
        }
    }
}

/// <param name="Id">The instance.</param>
/// <param name="Action">What it will receive.</param>
sealed record ActionAnswer(Guid Id, string Action);

/// <summary><c>POST /api/workflows/{id}/actions/{action}</c>.</summary>
static class ActionEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapPost("/workflows/{id:guid}/actions/{action}", ActAsync)
        .RequireRole(Role.Operator)
        .WithName("ActOnWorkflow")
        .WithTags("Workflows")
        .WithSummary("Asks an instance to retry, skip, resolve, cancel, suspend, resume or compensate")
        .WithDescription(
            "202 once the request is durable; the journal shows what the instance made of it. With If-Match it is only sent to an instance of " +
            "that version, otherwise the answer is 412.")
        .Produces<ActionAnswer>(StatusCodes.Status202Accepted)
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .AddOpenApiOperationTransformer(OpenApi.DescribeActionAsync);

    static async Task<IResult> ActAsync(
        Guid id, string action, HttpRequest request, ActOnWorkflow act, WorkflowQueries queries, Operator who,
        CancellationToken cancellationToken)
    {
        if (!OperatorActions.All.Contains(action))
            return NoSuchAction(action);

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(ActionRequest), body.Json);
        if (read.Message is not ActionRequest asked)
            return Problems.Invalid(read.Errors, "The instance was not asked.");

        if (asked.Unread(action) is { Count: > 0 } unread)
            return Problems.Invalid(unread, "The instance was not asked.");

        var by = await who.NameAsync(asked.Operator, "operator");
        if (by.Problem is not null)
            return by.Problem;

        var messageId = IdempotencyFilter.RequestIdOf(request.HttpContext);
        if (messageId is { } known && await queries.KnowsMessageAsync(id, known, cancellationToken))
            return Accepted(request, id, action);
        if (await MovedOnAsync(id, request, queries, cancellationToken) is { } movedOn)
            return movedOn;

        var result = await act(id, asked.For(action, by.Name) with { MessageId = messageId }, cancellationToken);
        return result.Outcome switch
        {
            ActionOutcome.NotFound => Problems.NoSuchInstance(id),
            ActionOutcome.NotAllowed => NotAllowed(action, result),
            ActionOutcome.Invalid => Problems.Invalid(result.Problems, "The instance was not asked."),
            _ => Accepted(request, id, action),
        };
    }

    /// <summary>A problem when the request is meant for an instance as it was; null when it may go on.</summary>
    public static async Task<IResult?> MovedOnAsync(
        Guid id, HttpRequest request, WorkflowQueries queries, CancellationToken cancellationToken)
    {
        if (!EntityTags.HasCondition(request))
            return null;

        return await queries.GetAsync(id, cancellationToken) is { } row
            ? EntityTags.Unmet(request.HttpContext, EntityTags.Of(row.Version), "instance")
            : Problems.NoSuchInstance(id);
    }

    static IResult Accepted(HttpRequest request, Guid id, string action) =>
        TypedResults.Accepted($"{request.PathBase}/api/workflows/{id}", new ActionAnswer(id, action));

    public static IResult NoSuchAction(string action) => Problems.NotFound(
        $"There is no action '{action}'. Actions: {string.Join(", ", OperatorActions.All)}.", "actions", OperatorActions.All);

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
