using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;
using Resonance.Gateway.Idempotency;

namespace Resonance.Gateway.Workflows;

/// <param name="Id">The instance.</param>
/// <param name="Event">The name of the contract that it will receive.</param>
sealed record EventAnswer(Guid Id, string Event);

/// <summary><c>POST /api/workflows/{id}/events/{contract}</c>.</summary>
static class EventEndpoint
{
    static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = ContractReader.DepthMax };

    public static void Map(IEndpointRouteBuilder api) => api
        .MapPost("/workflows/{id:guid}/events/{contract}", RaiseAsync)
        .RequireRole(Role.Operator)
        .WithName("RaiseWorkflowEvent")
        .WithTags("Workflows")
        .WithSummary("Sends an instance an event that its workflow accepts")
        .WithDescription(
            "202 once the event is durable; the journal shows what the instance made of it. The instance's id may be left out of the body. With " +
            "If-Match it is only sent to an instance of that version, otherwise the answer is 412.")
        .Produces<EventAnswer>(StatusCodes.Status202Accepted)
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .AddOpenApiOperationTransformer(OpenApi.DescribeEventAsync);

    static async Task<IResult> RaiseAsync(
        Guid id, string contract, HttpRequest request, WorkflowQueries queries, WorkflowCatalog catalog, RaiseEvent raise,
        CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(id, cancellationToken) is not { } row || catalog.Find(row.Type) is not { } workflow)
            return Problems.NoSuchInstance(id);
        if (workflow.FindEvent(contract) is not { } raised)
            return Unknown(workflow, contract);

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(raised.Contract, WithId(body.Json, raised, id));
        if (read.Message is null)
            return Problems.Invalid(read.Errors, $"The body is no valid {raised.Contract.Name}; nothing was sent.");
        if (raised.IdOf(read.Message) != id)
            return AnotherInstance(raised, id);

        var messageId = IdempotencyFilter.RequestIdOf(request.HttpContext);
        if (messageId is { } known && await queries.KnowsMessageAsync(id, known, cancellationToken))
            return Accepted(request, id, raised);
        if (EntityTags.Unmet(request.HttpContext, EntityTags.Of(row.Version), "instance") is { } movedOn)
            return movedOn;

        var result = await raise(id, contract, read.Message, messageId, cancellationToken);
        return result.Outcome switch
        {
            RaiseOutcome.NotFound => Problems.NoSuchInstance(id),
            RaiseOutcome.Unknown => Unknown(workflow, contract),
            RaiseOutcome.NotAccepted => NotAccepted(raised, result),
            _ => Accepted(request, id, raised),
        };
    }

    static IResult Accepted(HttpRequest request, Guid id, WorkflowEvent raised) =>
        TypedResults.Accepted($"{request.PathBase}/api/workflows/{id}", new EventAnswer(id, raised.Contract.Name));

    /// <summary>
    /// The path names the instance already, so that the body need not. What is no JSON object is left for the reader to refuse.
    /// </summary>
    static ReadOnlyMemory<byte> WithId(ReadOnlyMemory<byte> json, WorkflowEvent raised, Guid id)
    {
        if (raised.IdMember is not { } member)
            return json;

        try
        {
            using var document = JsonDocument.Parse(json, DocumentOptions);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || document.RootElement.EnumerateObject().Any(written => written.Name.Equals(member, StringComparison.OrdinalIgnoreCase)))
                return json;
        }
        catch (JsonException)
        {
            return json;
        }

        // Put in front of what was written and not parsed into a tree: the reader must see it as it came, members that stand twice
        // included.
        var first = json.Span.IndexOf((byte)'{') + 1;
        var isEmpty = json.Span[first..].TrimStart(" \t\r\n"u8)[0] == (byte)'}';
        var written = JsonValue.Create(member).ToJsonString() + ":" + JsonValue.Create(id).ToJsonString() + (isEmpty ? "" : ",");
        return (byte[])[.. json.Span[..first], .. System.Text.Encoding.UTF8.GetBytes(written), .. json.Span[first..]];
    }

    static IResult Unknown(WorkflowDescription workflow, string contract)
    {
        var known = Names(workflow.Events);
        var knows = known.Length == 0 ? "It accepts no events from outside." : $"It knows: {string.Join(", ", known)}.";
        return Problems.NotFound($"Workflow '{workflow.Type}' knows no event '{contract}'. {knows}", "events", known);
    }

    static IResult AnotherInstance(WorkflowEvent raised, Guid id) => Problems.Invalid(
        new Dictionary<string, string[]>
        {
            [raised.IdMember ?? "$"] = [$"The event must be about the instance of the path, {id}; leave the id out or correct it."],
        },
        "The body is about another instance; nothing was sent.");

    static IResult NotAccepted(WorkflowEvent raised, RaiseResult result)
    {
        var state = result.State is null ? null : StateNames.ToScreen(result.State);
        var accepted = Names(result.Events);
        var accepts = accepted.Length == 0 ? "It accepts no event from outside." : $"It accepts: {string.Join(", ", accepted)}.";
        return Problems.Conflict(
            $"The instance is in state {state} and does not accept '{raised.Contract.Name}' now. {accepts}",
            ("state", state),
            ("accepted", accepted));
    }

    static string[] Names(IReadOnlyList<WorkflowEvent> events) => [.. events.Select(known => known.Contract.Name)];
}
