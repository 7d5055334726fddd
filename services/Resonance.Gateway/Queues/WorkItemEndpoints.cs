using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Queues;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Queues;

/// <summary><c>GET /api/queues/{name}/items</c> and <c>GET /api/queues/{name}/items/{id}</c>.</summary>
static class WorkItemEndpoints
{
    const string Sort = "sequence";

    /// <summary>What can stand in <c>state</c>.</summary>
    public static readonly string[] States =
    [
        WorkItemState.New, WorkItemState.Ready, WorkItemState.Behind, WorkItemState.Limited, WorkItemState.Delayed, WorkItemState.InFlight,
        WorkItemState.Dead,
    ];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/queues/{name}/items", ListAsync)
            .RequireRole(Role.Viewer)
            .WithName("ListWorkItems")
            .WithTags("Queues")
            .WithSummary("Lists the items of a work queue in the order in which they were sent; they stay as they are")
            .WithDescription("A body that is no JSON document is told to operators alone: nobody knows what in it is sensitive.")
            .Produces<ListAnswer<WorkItemAnswer>>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(OpenApi.DescribeWorkItemsAsync);
        api.MapGet("/queues/{name}/items/{id:guid}", LocateAsync)
            .RequireRole(Role.Viewer)
            .WithName("LocateWorkItem")
            .WithTags("Queues")
            .WithSummary("Tells where an item of a work queue stands, and how many are received before it")
            .Produces<WorkItemPlaceAnswer>()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    static async Task<IResult> ListAsync(
        string name,
        IWorkQueueStore store,
        Operator who,
        [Description("Items in this state; all when left out.")] string? state,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var (known, most, after) = (query.OneOfOrNone("state", state, States), query.Limit(limit), After(query, cursor));
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");
        if (await WorkQueueEndpoints.FindAsync(store, name, cancellationToken) is null)
            return await WorkQueueEndpoints.NoSuchQueueAsync(name, store, cancellationToken);

        var hidden = SensitiveData.IsHiddenFrom(await who.GetAsync());
        var items = await store.PeekAsync(name, known, after, most + 1, cancellationToken);
        var next = items.Count > most ? CursorOf(items[most - 1]) : null;
        return TypedResults.Ok(new ListAnswer<WorkItemAnswer>([.. items.Take(most).Select(item => WorkItemAnswer.Of(item, hidden))], next));
    }

    static async Task<IResult> LocateAsync(string name, Guid id, IWorkQueueStore store, CancellationToken cancellationToken)
    {
        if (await WorkQueueEndpoints.FindAsync(store, name, cancellationToken) is null)
            return await WorkQueueEndpoints.NoSuchQueueAsync(name, store, cancellationToken);
        return await store.LocateAsync(name, id, cancellationToken) is { } place
            ? TypedResults.Ok(new WorkItemPlaceAnswer(
                place.State, place.Ahead, place.GroupId, place.LimitKey, place.EnqueuedAt, place.VisibleAt))
            : Problems.NotFound($"No item with the id {id} is in '{name}': it was handled, or never sent.");
    }

    static string CursorOf(ListedWorkItem item) => new PageCursor(
        Sort, item.Sequence.ToString(CultureInfo.InvariantCulture), DateTimeOffset.UnixEpoch, Guid.Empty).ToString();

    static long? After(QueryValues query, string? cursor)
    {
        if (query.Cursor(cursor, Sort) is not { } page)
            return null;
        if (long.TryParse(page.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            return sequence;

        query.Refuse("cursor", "cursor must be the nextCursor of an earlier answer; leave it out to begin anew.");
        return null;
    }
}
