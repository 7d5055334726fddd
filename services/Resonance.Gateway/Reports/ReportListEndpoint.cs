using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Reports;

/// <summary><c>GET /api/reports</c>.</summary>
static class ReportListEndpoint
{
    static readonly string[] Statuses =
    [
        WorkflowStatus.Running, WorkflowStatus.Suspended, WorkflowStatus.Completed, WorkflowStatus.Failed, WorkflowStatus.Cancelled,
    ];

    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/reports", ListAsync)
        .RequireRole(Role.Viewer)
        .WithName("ListReports")
        .WithTags("Reports")
        .WithSummary("Lists reports, the one that was asked for last first unless sort says otherwise")
        .WithDescription("Also those that are being made, and those that could not be, with the reason.")
        .Produces<ListAnswer<ReportItem>>()
        .ProducesValidationProblem()
        .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);

    static async Task<IResult> ListAsync(
        WorkflowQueries queries,
        [Description("workflows, or the workflow that it is about, e.g. order.")] string? kind,
        [Description("csv or html.")] string? format,
        [Description("completed for those that can be read; running, suspended, failed or cancelled.")] string? status,
        [Description("Reports whose period reaches beyond this moment, e.g. 2026-01-31T09:15:43Z.")] string? from,
        [Description("Reports whose period begins before this moment.")] string? to,
        [Description("-startedAt (the default) or startedAt.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before; it belongs to the order of that list.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var filter = new ReportFilter
        {
            Kind = query.Text("kind", kind),
            Format = query.OneOfOrNone("format", format, "csv", "html"),
            Statuses = query.OneOfOrNone("status", status, Statuses) is { } only ? [only] : [],
            From = query.Time("from", from),
            To = query.Time("to", to),
            OldestFirst = query.OneOf("sort", sort, "-startedAt", "startedAt") == "startedAt",
            Limit = query.Limit(limit),
        };
        var after = query.Cursor(cursor, filter.Sort.ToString());
        if (after is not null && !WorkflowQueries.Continues(filter.Sort, after))
            query.Refuse("cursor", "cursor must be the nextCursor of an earlier answer; leave it out to begin anew.");
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var page = await ReportList.ReadAsync(filter with { After = after }, queries, cancellationToken);
        return TypedResults.Ok(new ListAnswer<ReportItem>(page.Items, page.Next?.ToString()));
    }
}
