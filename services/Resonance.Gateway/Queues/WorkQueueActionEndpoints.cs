using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Engine.Queues;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Queues;

/// <summary><c>POST /api/queues/{name}/pause</c>, <c>resume</c> and <c>purge</c>, and what <c>redrive</c> does to a work queue.</summary>
static class WorkQueueActionEndpoints
{
    const string ReasonMember = "reason";

    public static void Map(IEndpointRouteBuilder api)
    {
        Describe<WorkQueueAnswer>(api.MapPost("/queues/{name}/pause", PauseAsync))
            .RequireRole(Role.Operator)
            .WithName("PauseWorkQueue")
            .WithSummary("Has a work queue hand out nothing until it is resumed")
            .WithDescription("Items can be sent to it all the same; those in flight are not touched.");
        Describe<WorkQueueAnswer>(api.MapPost("/queues/{name}/resume", ResumeAsync))
            .RequireRole(Role.Operator)
            .WithName("ResumeWorkQueue")
            .WithSummary("Lets a work queue that is paused hand out items again");
        Describe<PurgeAnswer>(api.MapPost("/queues/{name}/purge", PurgeAsync))
            .RequireRole(Role.Admin)
            .WithName("PurgeWorkQueue")
            .WithSummary("Deletes every item of a work queue but its dead letters")
            .WithDescription("Those in flight too: whoever received them finds no item to delete any more.");
    }

    /// <summary>Sends dead letters to the end of their queue.</summary>
    public static async Task<IResult> RedriveAsync(
        StoredWorkQueue queue, ReadOnlyMemory<byte> json, ContractResult read, IWorkQueueStore store, Operator who, ILogger logger,
        CancellationToken cancellationToken)
    {
        var by = await who.AuthorAsync(json);
        var errors = by.With(read.Errors);
        var asked = read.Message as RedriveAsked;
        Guid? item = null;
        if (asked is { Reason: null })
            errors.TryAdd(ReasonMember, [$"{ReasonMember} is required of a work queue."]);
        if (asked?.MessageId is { } given)
        {
            item = Guid.TryParse(given, out var id) ? id : null;
            if (item is null)
                errors.TryAdd("messageId", ["messageId must be the id of an item, e.g. 0190abcd-0000-7000-8000-000000000001."]);
        }

        if (asked is null || errors.Count > 0)
            return Problems.Invalid(errors, "No item was sent again.");

        var redriven = await store.RedriveAsync(
            queue.Name, item is { } one ? [one] : null, asked.Limit ?? WorkQueueLimits.BatchMax, new QueueAuthor(by.Name, asked.Reason!),
            cancellationToken);
        if (item is not null && redriven == 0)
            return Problems.NotFound($"No dead letter of '{queue.Name}' has the id {item}.");

        if (redriven > 0)
            WorkQueueEndpoints.LogChanged(logger, queue.Name, "redriven", by.Name, asked.Reason!);
        var left = (await store.CountAsync(queue.Name, 0, cancellationToken)).DeadLetters;
        return TypedResults.Ok(new QueueRedriveAnswer(queue.Name, queue.Name, redriven, left, null));
    }

    static RouteHandlerBuilder Describe<TAnswer>(RouteHandlerBuilder endpoint) => endpoint
        .WithTags("Queues")
        .Produces<TAnswer>()
        .ProducesValidationProblem()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
        .AddOpenApiOperationTransformer(OpenApi.DescribeBodyAsync<WorkQueueActionRequest>);

    static Task<IResult> PauseAsync(
        string name, HttpRequest request, IWorkQueueStore store, Operator who, ILogger<QueueList> logger, CancellationToken cancellationToken) =>
        HoldAsync(name, pause: true, request, store, who, logger, cancellationToken);

    static Task<IResult> ResumeAsync(
        string name, HttpRequest request, IWorkQueueStore store, Operator who, ILogger<QueueList> logger, CancellationToken cancellationToken) =>
        HoldAsync(name, pause: false, request, store, who, logger, cancellationToken);

    /// <summary>A queue that is so already stays as it is, with whoever did it first.</summary>
    static Task<IResult> HoldAsync(
        string name, bool pause, HttpRequest request, IWorkQueueStore store, Operator who, ILogger logger,
        CancellationToken cancellationToken) =>
        ActAsync(
            name, request, store, who,
            async author =>
            {
                if (await store.PauseAsync(name, pause, author, cancellationToken))
                    WorkQueueEndpoints.LogChanged(logger, name, pause ? "paused" : "resumed", author.By, author.Reason);
                return await store.FindAsync(name, cancellationToken) is { } queue
                    ? EntityTags.AnswerLive(request.HttpContext, EntityTags.Of(queue.Revision), WorkQueueAnswer.Of(queue))
                    : await WorkQueueEndpoints.NoSuchQueueAsync(name, store, cancellationToken);
            },
            cancellationToken);

    static Task<IResult> PurgeAsync(
        string name, HttpRequest request, IWorkQueueStore store, Operator who, ILogger<QueueList> logger, CancellationToken cancellationToken) =>
        ActAsync(
            name, request, store, who,
            async author =>
            {
                var purged = await store.PurgeAsync(name, author, cancellationToken);
                WorkQueueEndpoints.LogChanged(logger, name, "purged", author.By, author.Reason);
                return TypedResults.Ok(new PurgeAnswer(name, purged));
            },
            cancellationToken);

    static async Task<IResult> ActAsync(
        string name, HttpRequest request, IWorkQueueStore store, Operator who, Func<QueueAuthor, Task<IResult>> act,
        CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(WorkQueueActionRequest), body.Json);
        var by = await who.AuthorAsync(body.Json);
        if (read.Message is not WorkQueueActionRequest asked || by.Errors.Count > 0)
            return Problems.Invalid(by.With(read.Errors), "The queue was not changed.");
        if (await WorkQueueEndpoints.FindAsync(store, name, cancellationToken) is not { } queue)
            return await WorkQueueEndpoints.NoSuchQueueAsync(name, store, cancellationToken);
        return WorkQueueEndpoints.MovedOn(request.HttpContext, queue) ?? await act(new QueueAuthor(by.Name, asked.Reason));
    }
}
