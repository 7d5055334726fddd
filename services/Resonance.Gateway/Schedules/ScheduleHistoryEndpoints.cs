using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Schedules;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Schedules;

/// <summary><c>GET /api/schedules/{name}/firings</c> and <c>GET /api/schedules/{name}/changes</c>.</summary>
static class ScheduleHistoryEndpoints
{
    static readonly string[] Outcomes =
        [FiringOutcome.Started, FiringOutcome.Queued, FiringOutcome.Skipped, FiringOutcome.Missed, FiringOutcome.Refused];

    static readonly string[] Actions =
        [ScheduleAction.Put, ScheduleAction.Deleted, ScheduleAction.Paused, ScheduleAction.Resumed, ScheduleAction.Triggered];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/schedules/{name}/firings", ListFiringsAsync)
            .RequireRole(Role.Viewer)
            .WithName("ListScheduleFirings")
            .WithTags("Schedules")
            .WithSummary("Lists what became of a schedule's due times, the last one first unless sort says otherwise")
            .WithDescription("Firings are kept for 90 days.")
            .Produces<ListAnswer<FiringAnswer>>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
        api.MapGet("/schedules/{name}/changes", ListChangesAsync)
            .RequireRole(Role.Viewer)
            .WithName("ListScheduleChanges")
            .WithTags("Schedules")
            .WithSummary("Lists who changed a schedule and why, the last change first unless sort says otherwise")
            .WithDescription("Also of a schedule that was deleted: changes are kept for ever.")
            .Produces<ListAnswer<ScheduleChangeAnswer>>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
    }

    static async Task<IResult> ListFiringsAsync(
        string name,
        ScheduleBook book,
        [Description("started, queued, skipped, missed or refused.")] string? outcome,
        [Description("What came due then or later, e.g. 2026-01-31T09:15:43Z.")] string? from,
        [Description("What came due earlier.")] string? to,
        [Description("-dueAt (the default) or dueAt.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before; it belongs to the order of that list.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var filter = new ScheduleHistoryFilter(name, ScheduleHistoryOrder.Firings)
        {
            Word = query.OneOfOrNone("outcome", outcome, Outcomes),
            From = query.Time("from", from),
            To = query.Time("to", to),
            OldestFirst = query.OneOf("sort", sort, "-dueAt", "dueAt") == "dueAt",
            Limit = query.Limit(limit),
        };
        filter = filter with { After = query.Cursor(cursor, filter.Sort) };
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");
        if (await book.FindAsync(name, cancellationToken) is null)
            return await ScheduleEndpoints.NoSuchScheduleAsync(name, book, cancellationToken);

        var page = await book.ListFiringsAsync(filter, cancellationToken);
        return TypedResults.Ok(new ListAnswer<FiringAnswer>([.. page.Items.Select(FiringAnswer.Of)], page.Next?.ToString()));
    }

    static async Task<IResult> ListChangesAsync(
        string name,
        ScheduleBook book,
        [Description("put, deleted, paused, resumed or triggered.")] string? action,
        [Description("Changes that were made then or later, e.g. 2026-01-31T09:15:43Z.")] string? from,
        [Description("Changes that were made earlier.")] string? to,
        [Description("-changedAt (the default) or changedAt.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before; it belongs to the order of that list.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var filter = new ScheduleHistoryFilter(name, ScheduleHistoryOrder.Changes)
        {
            Word = query.OneOfOrNone("action", action, Actions),
            From = query.Time("from", from),
            To = query.Time("to", to),
            OldestFirst = query.OneOf("sort", sort, "-changedAt", "changedAt") == "changedAt",
            Limit = query.Limit(limit),
        };
        filter = filter with { After = query.Cursor(cursor, filter.Sort) };
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        // Of a schedule that is gone its changes are left, its deletion at least.
        if (await book.FindAsync(name, cancellationToken) is null && (await book.ChangesAsync(name, cancellationToken)).Count == 0)
            return await ScheduleEndpoints.NoSuchScheduleAsync(name, book, cancellationToken);

        var page = await book.ListChangesAsync(filter, cancellationToken);
        return TypedResults.Ok(new ListAnswer<ScheduleChangeAnswer>(
            [.. page.Items.Select(change => new ScheduleChangeAnswer(change.Action, change.Author, change.Reason, change.At))],
            page.Next?.ToString()));
    }
}
