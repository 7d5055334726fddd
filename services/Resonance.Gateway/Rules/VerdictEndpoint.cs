using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Rules;

/// <summary>An evaluation of a rule.</summary>
/// <param name="Id">The instance.</param>
/// <param name="Key">Its key.</param>
/// <param name="Type">Its workflow.</param>
/// <param name="Sequence">The step in which the rule was evaluated.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Version">The version that decided.</param>
/// <param name="Expression">What it said.</param>
/// <param name="Verdict"><c>pass</c> or <c>fail</c>.</param>
/// <param name="Reason">Why it failed; null when it passed.</param>
/// <param name="Values">Each fact with its value.</param>
sealed record VerdictAnswer(
    Guid Id, string Key, string Type, long Sequence, DateTimeOffset OccurredAt, string Rule, int Version, string Expression, string Verdict,
    string? Reason, JsonObject Values)
{
    public static VerdictAnswer Of(RecordedVerdict recorded)
    {
        var entry = (JsonObject)JsonNode.Parse(recorded.Entry)!;
        var values = entry["values"]?.DeepClone() as JsonObject ?? [];
        var rule = (RuleEvaluated)JournalEntry.ReadAll($"[{recorded.Entry}]")[0];
        return new VerdictAnswer(
            recorded.WorkflowId, recorded.Key, recorded.Type, recorded.Sequence, recorded.OccurredAt, rule.Rule, rule.Version, rule.Expression,
            rule.Verdict, rule.Reason, values);
    }
}

/// <summary>What a request asks of the list of verdicts, as its query string has it.</summary>
sealed record VerdictQuery
{
    [FromQuery(Name = "rule"), Description("Name of the rule, e.g. fraud_score.")]
    public string? Rule { get; init; }

    [FromQuery(Name = "version"), Description("The version that decided.")]
    public string? Version { get; init; }

    [FromQuery(Name = "verdict"), Description("pass or fail.")]
    public string? Verdict { get; init; }

    [FromQuery(Name = "type"), Description("Workflow type, e.g. payment.")]
    public string? Type { get; init; }

    [FromQuery(Name = "workflow"), Description("Id of an instance.")]
    public string? Workflow { get; init; }

    [FromQuery(Name = "from"), Description("Evaluations of then or later, e.g. 2026-01-31T09:15:43Z.")]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description("Earlier evaluations.")]
    public string? To { get; init; }

    [FromQuery(Name = "sort"), Description("-occurredAt (the default) or occurredAt.")]
    public string? Sort { get; init; }

    [FromQuery(Name = "limit"), Description("Most items of one answer.")]
    public string? Limit { get; init; }

    [FromQuery(Name = "cursor"), Description("The nextCursor of the answer before; it belongs to the order of that list.")]
    public string? Cursor { get; init; }

    public VerdictFilter ToFilter(QueryValues query)
    {
        var filter = new VerdictFilter
        {
            Rule = query.Text("rule", Rule),
            Version = VersionOf(query),
            Verdict = query.OneOfOrNone("verdict", Verdict, "pass", "fail"),
            Type = query.Text("type", Type),
            WorkflowId = query.Id("workflow", Workflow),
            From = query.Time("from", From),
            To = query.Time("to", To),
            OldestFirst = query.OneOf("sort", Sort, "-occurredAt", "occurredAt") == "occurredAt",
            Limit = query.Limit(Limit),
        };
        var after = query.Cursor(Cursor, filter.Sort);
        if (after is not null && !VerdictFilter.IsPlace(after))
            query.Refuse("cursor", "cursor must be the nextCursor of an earlier answer; leave it out to begin anew.");
        return filter with { After = after };
    }

    int? VersionOf(QueryValues query)
    {
        if (QueryValues.Given(Version) is not { } given)
            return null;
        if (int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0)
            return version;

        query.Refuse("version", "version must be a whole number from 1.");
        return null;
    }
}

/// <summary><c>GET /api/rules/verdicts</c>.</summary>
static class VerdictEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/rules/verdicts", ListAsync)
        .RequireRole(Role.Viewer)
        .WithName("ListVerdicts")
        .WithTags("Rules")
        .WithSummary("Lists what rules decided and on which values, the last evaluation first unless sort says otherwise")
        .WithDescription(
            "Read out of the journal, so that it is never behind. The store looks at steps in the order of time until the page is full: among " +
            "millions of them give a period or an instance.")
        .Produces<ListAnswer<VerdictAnswer>>()
        .ProducesValidationProblem()
        .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);

    static async Task<IResult> ListAsync([AsParameters] VerdictQuery asked, WorkflowQueries queries, CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var filter = asked.ToFilter(query);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var page = await queries.VerdictsAsync(filter, cancellationToken);
        return TypedResults.Ok(new ListAnswer<VerdictAnswer>([.. page.Items.Select(VerdictAnswer.Of)], page.Next?.ToString()));
    }
}
