using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Engine.Queues;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Queues;

/// <summary><c>GET</c> and <c>PUT /api/queues/{name}</c>.</summary>
static partial class WorkQueueEndpoints
{
    const int NameMax = 64;
    const int TopKeysMax = 100;
    const int TopKeysShown = 10;
    const int ChangesShown = 20;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/queues/{name}", GetAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetWorkQueue")
            .WithTags("Queues")
            .WithSummary("Shows a work queue: its settings, what is in it, what holds it back, and who changed it")
            .WithDescription("The ETag changes with the settings and with a pause, not with the items; PUT and POST take it in If-Match.")
            .Produces<WorkQueueDetailAnswer>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/queues/{name}", PutAsync)
            .RequireRole(Role.Admin)
            .WithName("PutWorkQueue")
            .WithTags("Queues")
            .WithSummary("Replaces the settings of a work queue, which hold from the next receive on")
            .WithDescription("What is left out is as it usually is, not as it was. A queue that nobody declared is not there.")
            .Produces<WorkQueueAnswer>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .AddOpenApiOperationTransformer(OpenApi.DescribeBodyAsync<PutWorkQueueRequest>);
    }

    /// <returns>Null also for what is no name at all, which no store should be asked for.</returns>
    public static async Task<StoredWorkQueue?> FindAsync(IWorkQueueStore store, string name, CancellationToken cancellationToken) =>
        name.Length is > 0 and <= NameMax && name.All(letter => letter is > ' ' and <= '~')
            ? await store.FindAsync(name, cancellationToken)
            : null;

    public static async Task<IResult> NoSuchQueueAsync(string name, IWorkQueueStore store, CancellationToken cancellationToken) =>
        Problems.NotFound(
            $"There is no work queue '{name}'.",
            "workQueues",
            (await store.ListAsync(cancellationToken)).Select(queue => queue.Name));

    /// <summary>Refuses a request that was meant for the queue as it was; null when it may go on.</summary>
    public static IResult? MovedOn(HttpContext context, StoredWorkQueue queue) =>
        EntityTags.Unmet(context, EntityTags.Of(queue.Revision), "queue");

    static async Task<IResult> GetAsync(
        string name,
        [Description("How many groups and limit keys are told, 0 to 100; 10 when left out.")] string? topKeys,
        HttpContext context,
        IWorkQueueStore store,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var most = Most(query, topKeys);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");
        if (await FindAsync(store, name, cancellationToken) is not { } queue)
            return await NoSuchQueueAsync(name, store, cancellationToken);

        var figures = await store.CountAsync(name, most, cancellationToken);
        var changes = await store.ChangesAsync(name, ChangesShown, cancellationToken);
        return EntityTags.AnswerLive(context, EntityTags.Of(queue.Revision), new WorkQueueDetailAnswer(
            WorkQueueAnswer.Of(queue), WorkQueueFiguresAnswer.Of(figures), [.. changes.Select(WorkQueueChangeAnswer.Of)]));
    }

    static int Most(QueryValues query, string? topKeys)
    {
        if (QueryValues.Given(topKeys) is not { } given)
            return TopKeysShown;
        if (int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most <= TopKeysMax)
            return most;

        query.Refuse("topKeys", $"topKeys must be a whole number from 0 to {TopKeysMax}.");
        return TopKeysShown;
    }

    static async Task<IResult> PutAsync(
        string name, HttpRequest request, IWorkQueueStore store, Operator who, ILogger<QueueList> logger, CancellationToken cancellationToken)
    {
        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(PutWorkQueueRequest), body.Json);
        var by = await who.AuthorAsync(body.Json);
        if (read.Message is not PutWorkQueueRequest asked || by.Errors.Count > 0)
            return Problems.Invalid(by.With(read.Errors), "The settings were not stored.");
        if (await FindAsync(store, name, cancellationToken) is not { } queue)
            return await NoSuchQueueAsync(name, store, cancellationToken);
        if (MovedOn(request.HttpContext, queue) is { } movedOn)
            return movedOn;

        // The store looks again, so that of two at the same moment only one changes what it has seen.
        long? expected = EntityTags.HasCondition(request) ? queue.Revision : null;
        var stored = await store.PutAsync(name, asked.ToSettings(), new QueueAuthor(by.Name, asked.Reason), expected, cancellationToken);
        if (stored is null)
            return Problems.MovedOn("The queue has moved on since you looked at it; nothing was done. Look at it again, then decide.", null);

        LogChanged(logger, name, "put", by.Name, asked.Reason);
        return EntityTags.AnswerLive(request.HttpContext, EntityTags.Of(stored.Revision), WorkQueueAnswer.Of(stored));
    }

    [LoggerMessage(EventId = 4030, EventName = "WorkQueueChanged", Level = LogLevel.Information,
        Message = "Work queue {Queue}: {Action} by {Operator}, since '{Reason}'.")]
    public static partial void LogChanged(ILogger logger, string queue, string action, string @operator, string reason);
}
