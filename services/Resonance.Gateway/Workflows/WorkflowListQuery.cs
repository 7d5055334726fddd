using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Gateway.Workflows;

/// <summary>What a request asks of the list of instances, as its query string has it.</summary>
sealed record WorkflowListQuery
{
    static readonly string[] Statuses =
    [
        WorkflowStatus.Queued, WorkflowStatus.Running, WorkflowStatus.Suspended, WorkflowStatus.Compensating, WorkflowStatus.Completed,
        WorkflowStatus.Failed, WorkflowStatus.Cancelled,
    ];

    [FromQuery(Name = "type"), Description("Workflow type, e.g. order.")]
    public string? Type { get; init; }

    [FromQuery(Name = "status"), Description("queued, running, suspended, compensating, completed, failed or cancelled; several separated by commas.")]
    public string[]? Status { get; init; }

    [FromQuery(Name = "state"), Description("State as on screen (VALIDATE_CARD) or as in code (ValidateCard).")]
    public string? State { get; init; }

    [FromQuery(Name = "key"), Description("The key, or how it begins with a * at the end, e.g. ORDER-12*.")]
    public string? Key { get; init; }

    [FromQuery(Name = "q"), Description("Looks for an id, for the first eight digits of one or more, or for how a key begins.")]
    public string? Search { get; init; }

    [FromQuery(Name = "startedFrom"), Description("Instances that were started then or later, e.g. 2026-01-31T09:15:43Z.")]
    public string? StartedFrom { get; init; }

    [FromQuery(Name = "startedTo"), Description("Instances that were started earlier.")]
    public string? StartedTo { get; init; }

    [FromQuery(Name = "updatedFrom"), Description("Instances whose last step was taken then or later.")]
    public string? UpdatedFrom { get; init; }

    [FromQuery(Name = "updatedTo"), Description("Instances whose last step was taken earlier.")]
    public string? UpdatedTo { get; init; }

    [FromQuery(Name = "incident"), Description("true for suspended instances, false for all others, or a fingerprint, e.g. payment/AssessCard/timeout.")]
    public string? Incident { get; init; }

    [FromQuery(Name = "data"), Description("A condition on the data: a path, one of eq, ne, gt, ge, lt, le, exists, and a JSON value, e.g. $.customerId eq 'C-1'. May be given five times.")]
    public string[]? Data { get; init; }

    [FromQuery(Name = "sort"), Description("startedAt, updatedAt, key, type, state, status or priority; with a minus in front from the last to the first. -startedAt when left out.")]
    public string? Sort { get; init; }

    [FromQuery(Name = "countUpTo"), Description("Counts the instances of all pages too, so many at most, 1 to 100000.")]
    public string? CountUpTo { get; init; }

    [FromQuery(Name = "limit"), Description("Most items of one answer.")]
    public string? Limit { get; init; }

    [FromQuery(Name = "cursor"), Description("The nextCursor of the answer before; it belongs to the order of that list.")]
    public string? Cursor { get; init; }

    public WorkflowFilter ToFilter(QueryValues query, WorkflowCatalog catalog, WorkflowQueries queries)
    {
        var sort = SortOf(query);
        var filter = new WorkflowFilter
        {
            Type = QueryValues.Given(Type),
            Statuses = StatusesOf(query),
            State = QueryValues.Given(State),
            Key = query.Text("key", Key),
            Search = query.Text("q", Search),
            StartedFrom = query.Time("startedFrom", StartedFrom),
            StartedTo = query.Time("startedTo", StartedTo),
            UpdatedFrom = query.Time("updatedFrom", UpdatedFrom),
            UpdatedTo = query.Time("updatedTo", UpdatedTo),
            Data = DataOf(query),
            Sort = sort,
            Limit = query.Limit(Limit),
            After = After(query, sort),
        };
        if (filter.Type is not null && catalog.Find(filter.Type) is null)
            query.Refuse("type", $"type must be one of {Alternatives(catalog.All.Select(workflow => workflow.Type))}.");
        else if (filter.State is not null && queries.StatesNamed(filter.Type, filter.State).Count == 0)
            query.Refuse("state", $"state must be one of {Alternatives(StatesOf(catalog, filter.Type))}.");
        return WithIncident(query, filter);
    }

    WorkflowSort SortOf(QueryValues query)
    {
        if (QueryValues.Given(Sort) is not { } given)
            return default;
        if (WorkflowSort.TryParse(given, out var sort))
            return sort.Value;

        query.Refuse("sort", $"sort must be one of {string.Join(", ", WorkflowSort.Known)}, with a minus in front to turn it round.");
        return default;
    }

    PageCursor? After(QueryValues query, WorkflowSort sort)
    {
        var cursor = query.Cursor(Cursor, sort.ToString());
        if (cursor is null || WorkflowQueries.Continues(sort, cursor))
            return cursor;

        query.Refuse("cursor", "cursor must be the nextCursor of an earlier answer; leave it out to begin anew.");
        return null;
    }

    string[] StatusesOf(QueryValues query)
    {
        string[] given =
        [
            .. (Status ?? []).SelectMany(values => values.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Distinct(StringComparer.Ordinal),
        ];
        if (given.All(Statuses.Contains))
            return given;

        query.Refuse("status", $"status must be one of {string.Join(", ", Statuses)}.");
        return [];
    }

    List<DataCondition> DataOf(QueryValues query)
    {
        var conditions = new List<DataCondition>();
        foreach (var given in (Data ?? []).Where(given => given.Length > 0))
        {
            if (!DataCondition.TryParse(given, out var condition, out var problem))
                query.Refuse("data", $"data is no condition: {problem}");
            else if (conditions.Count == WorkflowFilter.DataMax)
                query.Refuse("data", $"data may be given {WorkflowFilter.DataMax} times at most.");
            else
                conditions.Add(condition);
        }

        return conditions;
    }

    WorkflowFilter WithIncident(QueryValues query, WorkflowFilter filter)
    {
        switch (query.Text("incident", Incident))
        {
            case null:
                return filter;
            case "true":
                return filter with { Incident = true };
            case "false":
                return filter with { Incident = false };
            case { } text when Fingerprint.TryParse(text, out var cause):
                return filter with { Cause = new SuspensionCause(cause.Type, cause.Activity, cause.ErrorKind) };
            default:
                query.Refuse("incident", "incident must be true, false or a fingerprint, e.g. payment/AssessCard/timeout.");
                return filter;
        }
    }

    static IEnumerable<string> StatesOf(WorkflowCatalog catalog, string? type) =>
        catalog.All
            .Where(workflow => type is null || workflow.Type == type)
            .SelectMany(workflow => workflow.States)
            .Select(StateNames.ToScreen);

    static string Alternatives(IEnumerable<string> names) =>
        string.Join(", ", names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
