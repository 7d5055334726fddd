using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Operations;
using Resonance.Engine.Queues;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Queues;

/// <summary><c>GET /api/queues</c>, <c>GET /api/queues/{name}/messages</c> and <c>POST /api/queues/{name}/redrive</c>.</summary>
static partial class QueueEndpoints
{
    /// <summary>Which of two queues of one name is meant.</summary>
    public static readonly string[] Kinds = ["work", "broker"];

    const int TopKeysListed = 3;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/queues", ListAsync)
            .RequireRole(Role.Viewer)
            .WithName("ListQueues")
            .WithTags("Queues")
            .WithSummary("Lists the queues of the broker and the work queues with what waits in them, and counts the outbox")
            .WithDescription(
                "Of the broker: the queues of workflows, of what they command, of the audit, and beside each the one with its messages that could not be " +
                "handled, if any ever was. A queue that no process ever served is not there. Work queues are kept in the store; see " +
                "GET /api/queues/{name}.")
            .Produces<QueueListAnswer>();
        api.MapGet("/queues/{name}/messages", PeekAsync)
            .RequireRole(Role.Operator)
            .WithName("PeekQueue")
            .WithTags("Queues")
            .WithSummary("Shows the messages that a queue could not handle, the oldest first; they stay where they are")
            .Produces<KeptMessageListAnswer>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
        api.MapPost("/queues/{name}/redrive", RedriveAsync)
            .RequireRole(Role.Operator)
            .WithName("RedriveQueue")
            .WithTags("Queues")
            .WithSummary("Sends messages that could not be handled to their queue again")
            .WithDescription(
                "At the broker each leaves only when it is confirmed that its queue has it. Dead letters of a work queue go to its end, as if " +
                "they were sent now and never received. What fails again comes back. Where a queue of the broker and a work queue have the " +
                "same name, kind says which is meant.")
            .Produces<QueueRedriveAnswer>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .AddOpenApiOperationTransformer(OpenApi.DescribeRedriveAsync);
    }

    static async Task<IResult> ListAsync(QueueList queues, KeptMessages kept, IWorkQueueStore work, CancellationToken cancellationToken)
    {
        var outbox = await queues.CountOutboxAsync(cancellationToken);
        var counted = new OutboxAnswer(outbox.Waiting, outbox.Later, outbox.SetAside);
        var workQueues = new List<WorkQueueItem>();
        foreach (var queue in await work.ListAsync(cancellationToken))
            workQueues.Add(WorkQueueItem.Of(queue, await work.CountAsync(queue.Name, TopKeysListed, cancellationToken)));

        var (listed, problem) = await AskAsync(queues.ListAsync, cancellationToken);
        return TypedResults.Ok(listed is null
            ? new QueueListAnswer([], workQueues, counted, problem)
            : new QueueListAnswer([.. listed.Select(QueueItem.Of)], workQueues, counted, kept.WhyNone));
    }

    static async Task<IResult> PeekAsync(
        string name,
        QueueList queues,
        KeptMessages kept,
        [Description("Most items of one answer.")] string? limit,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var most = query.Limit(limit);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");
        if (!queues.Keeps(name))
            return NoSuchQueue(name);

        var (seen, problem) = await AskAsync(token => kept.PeekAsync(name, most, token), cancellationToken);
        return seen is null
            ? Away(problem!)
            : TypedResults.Ok(new KeptMessageListAnswer([.. seen.Select(KeptMessageItem.Of)], kept.WhyNone));
    }

    static async Task<IResult> RedriveAsync(
        string name,
        HttpRequest request,
        [Description("work or broker; needed only where both have a queue of this name.")] string? kind,
        QueueList queues,
        KeptMessages kept,
        IWorkQueueStore work,
        Operator who,
        ILogger<QueueList> logger,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var meant = query.OneOfOrNone("kind", kind, Kinds);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "No message was sent.");

        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.Problem is not null)
            return body.Problem;

        var read = ContractReader.Read(typeof(RedriveAsked), body.Json);
        var isKept = meant != "work" && queues.Keeps(name);
        var stored = meant == "broker" ? null : await WorkQueueEndpoints.FindAsync(work, name, cancellationToken);
        if (isKept && stored is not null)
        {
            query.Refuse("kind", $"kind must be work or broker: there is a work queue '{name}', and one of that name at the broker.");
            return Problems.Invalid(query.Errors, "No message was sent.");
        }

        if (stored is not null)
            return await WorkQueueActionEndpoints.RedriveAsync(stored, body.Json, read, work, who, logger, cancellationToken);
        if (read.Message is not RedriveAsked asked)
            return Problems.Invalid(read.Errors, "No message was sent.");
        return isKept ? await RedriveKeptAsync(name, asked, kept, who, logger, cancellationToken) : NoSuchQueue(name);
    }

    static async Task<IResult> RedriveKeptAsync(
        string name, RedriveAsked asked, KeptMessages kept, Operator who, ILogger<QueueList> logger, CancellationToken cancellationToken)
    {
        var (result, problem) = await AskAsync(
            token => kept.RedriveAsync(name, asked.MessageId, asked.Limit ?? KeptMessages.LookedAtMax, token), cancellationToken);
        if (result is null)
            return Away(problem!);
        if (!result.Found)
        {
            return Problems.NotFound(
                $"There is no message with the id '{asked.MessageId}' among the first {KeptMessages.LookedAtMax:N0} of '{name}'." +
                (kept.WhyNone is { } why ? $" {why}" : ""));
        }

        var source = KeptMessages.SourceOf(name)!;
        LogRedriven(logger, result.Redriven, name, source, (await who.GetAsync()).Name);
        return result is { Redriven: 0, Problem: { } refused }
            ? Problems.Conflict($"{refused} The messages are still in '{name}'.", ("left", result.Left))
            : TypedResults.Ok(new QueueRedriveAnswer(name, source, result.Redriven, result.Left, result.Problem));
    }

    static IResult NoSuchQueue(string name) => Problems.NotFound(
        $"'{name}' is no work queue, and no queue of messages that could not be handled. Such a queue is called like the one that they came from, with " +
        $"{string.Join(" or ", KeptMessages.Suffixes)} behind it, e.g. order_error: see GET /api/queues.");

    static IResult Away(string problem) =>
        TypedResults.Problem(problem, statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary>A broker that is away for a moment is no fault of this program.</summary>
    static async Task<(TAnswer? Answer, string? Problem)> AskAsync<TAnswer>(
        Func<CancellationToken, Task<TAnswer>> ask, CancellationToken cancellationToken) where TAnswer : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return (await ask(patience.Token), null);
        }
        catch (Exception exception) when (IsAway(exception) && !cancellationToken.IsCancellationRequested)
        {
            return (null, "The broker does not answer at the moment. Ask again; no message is lost.");
        }
    }

    static bool IsAway(Exception exception) =>
        exception is RabbitMQClientException or OperationCanceledException or IOException or TimeoutException;

    [LoggerMessage(EventId = 4004, EventName = "QueueRedriven", Level = LogLevel.Information,
        Message = "{Count} messages of {Queue} were sent to {Source} again by {Operator}.")]
    static partial void LogRedriven(ILogger logger, int count, string queue, string source, string @operator);
}
