using System.Globalization;
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

/// <param name="Items">Instances in the order that was asked for.</param>
/// <param name="NextCursor">Fetches the next page; null on the last one.</param>
/// <param name="Count">How many there are on all pages, countUpTo at most; null unless countUpTo asks for it.</param>
/// <param name="MoreThanCount">Whether there are more than count says; null unless countUpTo asks for it.</param>
sealed record WorkflowListAnswer(IReadOnlyList<WorkflowListItem> Items, string? NextCursor, long? Count, bool? MoreThanCount);

/// <summary><c>GET /api/workflows</c>.</summary>
static class ListEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/workflows", ListAsync)
        .RequireRole(Role.Viewer)
        .WithName("ListWorkflows")
        .WithTags("Workflows")
        .WithSummary("Lists instances, the one that started last first unless sort says otherwise")
        .WithDescription(
            "All conditions together. A page goes on where the one before ended, whatever was started meanwhile. By state, priority and " +
            "updatedAt the store sorts all that the other conditions leave: among millions of instances narrow the list first.")
        .Produces<WorkflowListAnswer>()
        .ProducesValidationProblem()
        .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);

    static async Task<IResult> ListAsync(
        [AsParameters] WorkflowListQuery asked,
        WorkflowQueries queries,
        WorkflowCatalog catalog,
        ObservabilityOptions observability,
        Operator who,
        SensitiveData sensitive,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var filter = asked.ToFilter(query, catalog, queries);
        if (SensitiveConditions.WhyNot(await who.GetAsync(), filter.Data, sensitive) is { } hidden)
            query.Refuse("data", hidden);
        var upTo = CountUpTo(query, asked.CountUpTo);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var page = await queries.ListAsync(filter, cancellationToken);
        BoundedCount? count = upTo is { } bound ? await queries.CountAsync(filter, bound, cancellationToken) : null;
        return TypedResults.Ok(new WorkflowListAnswer(
            [.. page.Items.Select(row => ToItem(row, observability))], page.Next?.ToString(), count?.Count, !count?.IsExact));
    }

    static int? CountUpTo(QueryValues query, string? value)
    {
        if (QueryValues.Given(value) is not { } given)
            return null;
        if (int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var upTo) && upTo is >= 1 and <= WorkflowQueries.CountMax)
            return upTo;

        query.Refuse("countUpTo", $"countUpTo must be a whole number from 1 to {WorkflowQueries.CountMax}.");
        return null;
    }

    static WorkflowListItem ToItem(WorkflowSummary row, ObservabilityOptions observability) => new(
        row.Id, row.Type, row.Key, StateNames.ToScreen(row.State), row.Status, row.Version, row.Priority, row.StartedAt, row.UpdatedAt,
        row.FinishedAt, row.TraceId, observability.LinkTo(row.TraceId));
}
