using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.DeadLetters;

/// <param name="Items">Messages that were set aside, the last one first.</param>
/// <param name="NextCursor">Fetches the next page; null on the last one.</param>
sealed record DeadLetterListAnswer(IReadOnlyList<DeadLetter> Items, string? NextCursor);

/// <param name="MessageId">The message that is on its way again.</param>
sealed record RedriveAnswer(Guid MessageId);

/// <summary><c>GET /api/dead-letters</c> and <c>POST /api/dead-letters/{messageId}/redrive</c>.</summary>
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
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var (most, after) = (query.Limit(limit), query.Cursor(cursor));
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var page = await queries.DeadLettersAsync(most, after, cancellationToken);
        return TypedResults.Ok(new DeadLetterListAnswer(page.Items, page.Next?.ToString()));
    }

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
