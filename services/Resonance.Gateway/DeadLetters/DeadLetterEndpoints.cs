using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.DeadLetters;

/// <param name="Items">Messages that were set aside, in the order that was asked for.</param>
/// <param name="NextCursor">Fetches the next page; null on the last one.</param>
sealed record DeadLetterListAnswer(IReadOnlyList<DeadLetter> Items, string? NextCursor);

/// <param name="MessageId">The message that is on its way again.</param>
sealed record RedriveAnswer(Guid MessageId);

/// <summary><c>GET /api/dead-letters</c>, <c>GET /api/dead-letters/{messageId}</c> and <c>POST /api/dead-letters/{messageId}/redrive</c>.</summary>
static partial class DeadLetterEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/dead-letters", ListAsync)
            .RequireRole(Role.Viewer)
            .WithName("ListDeadLetters")
            .WithTags("Dead letters")
            .WithSummary("Lists messages that the store set aside because they could not be delivered")
            .Produces<DeadLetterListAnswer>()
            .ProducesValidationProblem()
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
        api.MapGet("/dead-letters/{messageId:guid}", GetAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetDeadLetter")
            .WithTags("Dead letters")
            .WithSummary("Shows a message that the store set aside")
            .Produces<DeadLetter>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/dead-letters/{messageId:guid}/redrive", RedriveAsync)
            .RequireRole(Role.Operator)
            .WithName("RedriveDeadLetter")
            .WithTags("Dead letters")
            .WithSummary("Puts a message that was set aside back into delivery")
            .Produces<RedriveAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    static async Task<IResult> ListAsync(
        WorkflowQueries queries,
        [Description("Messages of this instance.")] string? workflow,
        [Description("Messages that could not be delivered there, as an answer's destination has it, e.g. exchange:payment.")]
        string? destination,
        [Description("Messages that were set aside then or later, e.g. 2026-01-31T09:15:43Z.")] string? from,
        [Description("Messages that were set aside earlier.")] string? to,
        [Description("-setAsideAt for the last one first, as when it is left out, or setAsideAt.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var order = query.OneOf("sort", sort, "-setAsideAt", "setAsideAt");
        var filter = new DeadLetterFilter
        {
            WorkflowId = query.Id("workflow", workflow),
            Destination = query.Text("destination", destination),
            SetAsideFrom = query.Time("from", from)?.ToUniversalTime(),
            SetAsideTo = query.Time("to", to)?.ToUniversalTime(),
            OldestFirst = order == "setAsideAt",
            Limit = query.Limit(limit),
            After = query.Cursor(cursor, order),
        };
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var page = await queries.DeadLettersAsync(filter, cancellationToken);
        return TypedResults.Ok(new DeadLetterListAnswer(page.Items, page.Next?.ToString()));
    }

    static async Task<IResult> GetAsync(
        Guid messageId, HttpContext context, WorkflowQueries queries, CancellationToken cancellationToken) =>
        await queries.DeadLetterAsync(messageId, cancellationToken) is { } found
            ? EntityTags.Answer(context, EntityTags.OfContent(found), found)
            : Problems.NotFound($"No message with the id {messageId} is set aside.");

    static async Task<IResult> RedriveAsync(
        Guid messageId, IWorkflowStore store, Operator who, ILogger<RedriveAnswer> logger, CancellationToken cancellationToken)
    {
        if (!await store.RedriveAsync(messageId, cancellationToken))
            return Problems.NotFound($"No message with the id {messageId} is set aside.");

        // No instance's journal has this: the message is as it was, and many belong to none.
        LogRedriven(logger, messageId, (await who.GetAsync()).Name);
        return TypedResults.Accepted((string?)null, new RedriveAnswer(messageId));
    }

    [LoggerMessage(EventId = 4012, EventName = "DeadLetterRedriven", Level = LogLevel.Information,
        Message = "Message {MessageId}, which was set aside, was put back into delivery by {By}.")]
    static partial void LogRedriven(ILogger logger, Guid messageId, string by);
}
