using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Workflows;

/// <summary>An instance in a list; its own address shows data and waits.</summary>
sealed record WorkflowListItem(
    Guid Id,
    string Type,
    string Key,
    string State,
    string Status,
    long Version,
    int Priority,
    DateTimeOffset StartedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt,
    string? TraceId,
    string? TraceUrl);

/// <param name="Items">Instances, the one that started last first.</param>
/// <param name="NextCursor">Fetches the next page; null on the last one.</param>
sealed record WorkflowListAnswer(IReadOnlyList<WorkflowListItem> Items, string? NextCursor);

/// <summary><c>GET /api/workflows</c>.</summary>
static class ListEndpoint
{
    static readonly string[] Statuses =
    [
        WorkflowStatus.Running, WorkflowStatus.Suspended, WorkflowStatus.Compensating, WorkflowStatus.Completed, WorkflowStatus.Failed,
        WorkflowStatus.Cancelled,
    ];

    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/workflows", ListAsync)
        .RequireRole(Role.Viewer)
        .WithName("ListWorkflows")
        .WithTags("Workflows")
        .WithSummary("Lists instances, the one that started last first")
        .Produces<WorkflowListAnswer>()
        .ProducesValidationProblem()
        .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);

    static async Task<IResult> ListAsync(
        WorkflowQueries queries,
        WorkflowCatalog catalog,
        ObservabilityOptions observability,
        [Description("Workflow type, e.g. order.")] string? type,
        [Description("running, suspended, compensating, completed, failed or cancelled.")] string? status,
        [Description("State as on screen (VALIDATE_CARD) or as in code (ValidateCard).")] string? state,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var filter = new WorkflowFilter
        {
            Type = QueryValues.Given(type),
            Status = QueryValues.Given(status),
            State = QueryValues.Given(state),
            Limit = query.Limit(limit),
            After = query.Cursor(cursor),
        };
        if (filter.Type is not null && catalog.Find(filter.Type) is null)
            query.Refuse("type", $"type must be one of {Alternatives(catalog.All.Select(workflow => workflow.Type))}.");
        else if (filter.State is not null && queries.StatesNamed(filter.Type, filter.State).Count == 0)
            query.Refuse("state", $"state must be one of {Alternatives(StatesOf(catalog, filter.Type))}.");
        if (filter.Status is not null && !Statuses.Contains(filter.Status))
            query.Refuse("status", $"status must be one of {string.Join(", ", Statuses)}.");
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var page = await queries.ListAsync(filter, cancellationToken);
        return TypedResults.Ok(new WorkflowListAnswer([.. page.Items.Select(row => ToItem(row, observability))], page.Next?.ToString()));
    }

    static IEnumerable<string> StatesOf(WorkflowCatalog catalog, string? type) =>
        catalog.All
            .Where(workflow => type is null || workflow.Type == type)
            .SelectMany(workflow => workflow.States)
            .Select(StateNames.ToScreen);

    static string Alternatives(IEnumerable<string> names) =>
        string.Join(", ", names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    static WorkflowListItem ToItem(WorkflowSummary row, ObservabilityOptions observability) => new(
        row.Id, row.Type, row.Key, StateNames.ToScreen(row.State), row.Status, row.Version, row.Priority, row.StartedAt, row.UpdatedAt,
        row.FinishedAt, row.TraceId, observability.LinkTo(row.TraceId));
}
