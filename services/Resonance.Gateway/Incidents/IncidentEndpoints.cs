using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
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

/// <param name="Items">Incidents, those of the instance that started last first.</param>
/// <param name="NextCursor">Fetches the next page; null on the last one.</param>
sealed record IncidentListAnswer(IReadOnlyList<IncidentItem> Items, string? NextCursor);

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

/// <summary><c>GET /api/incidents</c> and <c>GET /api/incidents/groups</c>.</summary>
static class IncidentEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/incidents", ListAsync)
            .RequireRole(Role.Viewer)
            .WithName("ListIncidents")
            .WithTags("Incidents")
            .WithSummary("Lists suspended instances with their causes")
            .Produces<IncidentListAnswer>()
            .ProducesValidationProblem()
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
        api.MapGet("/incidents/groups", GroupAsync)
            .RequireRole(Role.Viewer)
            .WithName("GroupIncidents")
            .WithTags("Incidents")
            .WithSummary("Groups suspended instances by what they have in common: workflow, activity and kind of error")
            .Produces<IncidentGroupItem[]>()
            .ProducesValidationProblem();
    }

    static async Task<IResult> ListAsync(
        Engine.Operations.Incidents incidents,
        [Description("Workflow type, e.g. order.")] string? type,
        [Description("The activity that failed, e.g. AssessCard.")] string? activity,
        [Description("How it failed, e.g. timeout.")] string? errorKind,
        [Description("All three at once, e.g. payment/AssessCard/timeout.")] string? fingerprint,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var filter = Filter(query, type, activity, errorKind, fingerprint);
        var most = query.Limit(limit);
        var after = query.Cursor(cursor, Engine.Operations.Incidents.ListOrder);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var page = await incidents.ListAsync(filter, most, after, cancellationToken);
        return TypedResults.Ok(new IncidentListAnswer([.. page.Items.Select(ToItem)], page.Next?.ToString()));
    }

    static async Task<IResult> GroupAsync(
        Engine.Operations.Incidents incidents,
        [Description("Workflow type, e.g. order.")] string? type,
        [Description("The activity that failed, e.g. AssessCard.")] string? activity,
        [Description("How it failed, e.g. timeout.")] string? errorKind,
        CancellationToken cancellationToken)
    {
        var filter = Filter(new QueryValues(), type, activity, errorKind, null);
        var groups = await incidents.GroupsAsync(filter, cancellationToken);
        return TypedResults.Ok(groups.Select(ToItem).ToArray());
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
