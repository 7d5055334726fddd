using System.ComponentModel;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Rules;
using Resonance.Engine.RuleSets;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Rules;

/// <summary><c>GET /api/rules</c> and <c>GET /api/rules/{workflow}/{name}/versions</c>.</summary>
static class RuleListEndpoints
{
    static readonly string[] Origins = [RuleOrigin.Code, RuleOrigin.File, RuleOrigin.Published];

    static readonly WholeList<WorkflowRule> Rules = new(
        "name",
        ("name", rule => ListPlace.By(rule.ToString())),
        ("publishedAt", rule => ListPlace.At(rule.Rule.Version.PublishedAt, rule.ToString())));

    static readonly WholeList<RuleVersion> Versions = new(
        "-version", ("version", version => ListPlace.By(version.Number.ToString("D10", CultureInfo.InvariantCulture))));

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/rules", List)
            .RequireRole(Role.Viewer)
            .WithName("ListRules")
            .WithTags("Rules")
            .WithSummary("Lists the rules of all workflows with the versions that decide now")
            .Produces<ListAnswer<RuleAnswer>>()
            .ProducesValidationProblem()
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
        api.MapGet("/rules/{workflow}/{name}/versions", ListVersionsAsync)
            .RequireRole(Role.Viewer)
            .WithName("ListRuleVersions")
            .WithTags("Rules")
            .WithSummary("Lists every version that a rule ever had, the last one first unless sort says otherwise")
            .Produces<ListAnswer<RuleVersionAnswer>>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);
    }

    static IResult List(
        RuleBook book,
        [Description("Rules of this workflow, e.g. payment.")] string? workflow,
        [Description("The rule's name, or how it begins with a * at the end, e.g. fraud_*.")] string? name,
        [Description("Where the version that decides came from: code, file or published.")] string? origin,
        [Description("name or publishedAt; with a minus in front from the last to the first. name when left out: the workflow, then the rule.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before; it belongs to the order of that list.")] string? cursor)
    {
        var query = new QueryValues();
        var asked = Rules.Read(query, sort, limit, cursor);
        var (of, named) = (query.Text("workflow", workflow), query.Text("name", name));
        var from = query.OneOfOrNone("origin", origin, Origins);
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var found = book.All.Where(rule => (of is null || rule.Workflow == of) && QueryValues.IsNamed(rule.Rule.Name, named)
            && (from is null || rule.Rule.Version.Origin == from));
        return TypedResults.Ok(asked.PageOf(found, RuleAnswer.Of));
    }

    static async Task<IResult> ListVersionsAsync(
        string workflow,
        string name,
        RuleBook book,
        RulePublisher publisher,
        [Description("Who published it.")] string? author,
        [Description("Where it came from: code, file or published.")] string? origin,
        [Description("Versions that were published then or later, e.g. 2026-01-31T09:15:43Z.")] string? from,
        [Description("Versions that were published earlier.")] string? to,
        [Description("-version (the default) or version.")] string? sort,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before; it belongs to the order of that list.")] string? cursor,
        CancellationToken cancellationToken)
    {
        if (book.Find(workflow, name) is not { } rule)
            return RuleEndpoints.NoSuchRule(book, workflow, name);

        var query = new QueryValues();
        var asked = Versions.Read(query, sort, limit, cursor);
        var by = query.Text("author", author);
        var source = query.OneOfOrNone("origin", origin, Origins);
        var (first, end) = (query.Time("from", from), query.Time("to", to));
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var found = (await publisher.VersionsAsync(rule, cancellationToken)).Where(version =>
            (by is null || version.Author == by) && (source is null || version.Origin == source)
            && (first is null || version.PublishedAt >= first) && (end is null || version.PublishedAt < end));
        return TypedResults.Ok(asked.PageOf(found, RuleVersionAnswer.Of));
    }
}
