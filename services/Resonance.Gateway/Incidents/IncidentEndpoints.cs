using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Incidents;

/// <param name="Id">The instance.</param>
/// <param name="Key">What people call it.</param>
/// <param name="Type">The workflow.</param>
/// <param name="Fingerprint">What it has in common with others, e.g. <c>payment/AssessCard/timeout</c>.</param>
/// <param name="Activity">The activity that failed; null when none did.</param>
/// <param name="ErrorKind">How it failed, or <c>decision</c>, <c>held</c>, <c>deadline</c>.</param>
/// <param name="Cause">What happened, for people.</param>
/// <param name="Attempts">Attempts that were made.</param>
/// <param name="Since">When it was suspended.</param>
/// <param name="State">The state that it goes back to, as on screen.</param>
/// <param name="HeldBy">The operator who holds it.</param>
sealed record IncidentItem(
    Guid Id, string Key, string Type, string Fingerprint, string? Activity, string ErrorKind, string Cause, int Attempts, DateTimeOffset Since,
    string State, string? HeldBy);

/// <param name="Fingerprint">What they have in common.</param>
/// <param name="Type">The workflow.</param>
/// <param name="Activity">The activity that failed; null when none did.</param>
/// <param name="ErrorKind">How it failed.</param>
/// <param name="Count">How many there are.</param>
/// <param name="First">When the oldest of them was suspended.</param>
/// <param name="Last">When the youngest of them was suspended.</param>
/// <param name="Cause">What happened to the youngest, for people.</param>
sealed record IncidentGroupItem(
    string Fingerprint, string Type, string? Activity, string ErrorKind, long Count, DateTimeOffset First, DateTimeOffset Last, string Cause);

/// <summary><c>GET /api/incidents</c>, <c>GET /api/incidents/groups</c> and <c>GET /api/incidents/{id}</c>.</summary>
static class IncidentEndpoints
{
    static readonly WholeList<IncidentGroup> Groups = new(
        "-count",
        ("count", group => ListPlace.By($"{group.Count:D19} {group.Fingerprint}")),
        ("fingerprint", group => ListPlace.By(group.Fingerprint.ToString())),
        ("last", group => ListPlace.At(group.Last, group.Fingerprint.ToString())));

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/incidents", ListAsync)
            .RequireRole(Role.Viewer)
            .WithName("ListIncidents")
            .WithTags("Incidents")
            .WithSummary("Lists suspended instances with their causes, the one that started last first unless sort says otherwise")
            .Produces<ListAnswer<IncidentItem>>()
            .ProducesValidationProblem()
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
        api.MapGet("/incidents/groups", GroupAsync)
            .RequireRole(Role.Viewer)
            .WithName("GroupIncidents")
            .WithTags("Incidents")
            .WithSummary("Groups suspended instances by what they have in common: workflow, activity and kind of error")
            .Produces<ListAnswer<IncidentGroupItem>>()
            .ProducesValidationProblem()
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
        api.MapGet("/incidents/{id:guid}", GetAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetIncident")
            .WithTags("Incidents")
            .WithSummary("Shows why an instance is suspended")
            .Produces<IncidentItem>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    static async Task<IResult> ListAsync(
        Engine.Operations.Incidents incidents,
        [Description("Workflow type, e.g. order.")] string? type,
        [Description("The activity that failed, e.g. AssessCard.")] string? activity,
        [Description("How it failed, e.g. timeout.")] string? errorKind,
        [Description("All three at once, e.g. payment/AssessCard/timeout.")] string? fingerprint,
        [Description("The instance's key, or how it begins with a * at the end, e.g. ORDER-12*.")] string? key,
        [Description("Instances that were suspended then or later, e.g. 2026-01-31T09:15:43Z.")] string? from,
        [Description("Instances that were suspended earlier.")] string? to,
        [Description("startedAt or since; with a minus in front from the last to the first. -startedAt when left out.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before; it belongs to the order of that list.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var order = query.OneOf("sort", sort, "-startedAt", "startedAt", "-since", "since");
        var asked = new IncidentQuery
        {
            Filter = Filter(query, type, activity, errorKind, fingerprint),
            Key = query.Text("key", key),
            SinceFrom = query.Time("from", from),
            SinceTo = query.Time("to", to),
            BySince = order.TrimStart('-') == "since",
            OldestFirst = !order.StartsWith('-'),
            Limit = query.Limit(limit),
            After = query.Cursor(cursor, order),
        };
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var page = await incidents.ListAsync(asked, cancellationToken);
        return TypedResults.Ok(new ListAnswer<IncidentItem>([.. page.Items.Select(ToItem)], page.Next?.ToString()));
    }

    static async Task<IResult> GroupAsync(
        Engine.Operations.Incidents incidents,
        [Description("Workflow type, e.g. order.")] string? type,
        [Description("The activity that failed, e.g. AssessCard.")] string? activity,
        [Description("How it failed, e.g. timeout.")] string? errorKind,
        [Description("count, fingerprint or last; with a minus in front from the last to the first. -count when left out.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before; it belongs to the order of that list.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var filter = Filter(query, type, activity, errorKind, null);
        var asked = Groups.Read(query, sort, limit, cursor);
        return query.Errors.Count > 0
            ? Problems.Invalid(query.Errors, "The query has values that are not known.")
            : TypedResults.Ok(asked.PageOf(await incidents.GroupsAsync(filter, cancellationToken), ToItem));
    }

    static async Task<IResult> GetAsync(
        Guid id, HttpContext context, Engine.Operations.Incidents incidents, WorkflowQueries workflows, CancellationToken cancellationToken)
    {
        if (await incidents.FindAsync(id, cancellationToken) is { } incident)
        {
            var answer = ToItem(incident);
            return EntityTags.Answer(context, EntityTags.OfContent(answer), answer);
        }

        return await workflows.GetAsync(id, cancellationToken) is { } row
            ? Problems.NotFound($"{row.Key} is not suspended: it is in {StateNames.ToScreen(row.State)}.", "state", StateNames.ToScreen(row.State))
            : Problems.NoSuchInstance(id);
    }

    static IncidentFilter Filter(QueryValues query, string? type, string? activity, string? errorKind, string? fingerprint)
    {
        Fingerprint? exact = null;
        if (QueryValues.Given(fingerprint) is { } given)
        {
            if (Fingerprint.TryParse(given, out var parsed))
                exact = parsed;
            else
                query.Refuse("fingerprint", "fingerprint must have three parts, e.g. payment/AssessCard/timeout or order/-/decision.");
        }

        return new IncidentFilter
        {
            Type = QueryValues.Given(type),
            Activity = QueryValues.Given(activity),
            ErrorKind = QueryValues.Given(errorKind),
            Fingerprint = exact,
        };
    }

    static IncidentItem ToItem(Incident incident) => new(
        incident.WorkflowId, incident.Key, incident.Fingerprint.Type, incident.Fingerprint.ToString(), incident.Fingerprint.Activity,
        incident.Fingerprint.ErrorKind, incident.Cause, incident.Attempts, incident.Since, StateNames.ToScreen(incident.State), incident.HeldBy);

    static IncidentGroupItem ToItem(IncidentGroup group) => new(
        group.Fingerprint.ToString(), group.Fingerprint.Type, group.Fingerprint.Activity, group.Fingerprint.ErrorKind, group.Count, group.First,
        group.Last, group.Cause);
}
