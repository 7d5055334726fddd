using System.ComponentModel;
using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Resonance.Audit.Trail;
using Resonance.Engine.Definitions;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Audit;

/// <summary><c>GET /api/audit/trail</c>.</summary>
static class TrailEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/audit/trail", ReadAsync)
        .RequireRole(Role.Viewer)
        .WithName("ReadTrail")
        .WithTags("Audit")
        .WithSummary("Lists the steps that were witnessed, the last one first")
        .WithDescription(
            "Each step comes with the hash that was witnessed and with the journal's own words for it. With the header Accept: text/plain the " +
            "answer is these lines alone, as on the console, oldest first within the page; the header Link names the next page. A page may " +
            "hold few steps, or none, and still have a next one: the search for something rare goes on there.")
        .Produces<TrailAnswer>(StatusCodes.Status200OK, MediaTypeNames.Application.Json, MediaTypeNames.Text.Plain)
        .ProducesValidationProblem()
        .AddOpenApiOperationTransformer(OpenApi.DescribeLimitAsync);

    static async Task<IResult> ReadAsync(
        [FromServices] AuditTrailReader trail,
        SensitiveData sensitive,
        Operator who,
        WorkflowCatalog catalog,
        ObservabilityOptions observability,
        HttpRequest request,
        [Description("An instance, by its id or by its key.")] string? workflow,
        [Description("Workflow type, e.g. order.")] string? type,
        [Description("Steps with a journal entry of this kind, e.g. retryScheduled.")] string? kind,
        [Description("Steps that were taken then or later, e.g. 2026-01-31T09:15:43Z.")] string? from,
        [Description("Steps that were taken earlier.")] string? to,
        [Description("Most items of one answer.")] string? limit,
        [Description("The nextCursor of the answer before.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryValues();
        var most = query.Limit(limit);
        var before = TrailValues.Before(query, cursor);
        var filter = TrailValues.Filter(query, catalog, workflow, type, kind) with
        {
            From = query.Time("from", from),
            To = query.Time("to", to),
        };
        if (query.Errors.Count > 0)
            return Problems.Invalid(query.Errors, "The query has values that are not known.");

        var page = await trail.ReadAsync(filter, most, before, cancellationToken);
        page = page with { Steps = await sensitive.HideAsync(await who.GetAsync(), page.Steps, cancellationToken) };
        var next = page.Next is { } position ? TrailValues.Cursor(position) : null;
        request.HttpContext.Response.Headers.Vary = HeaderNames.Accept;
        return AsksForText(request)
            ? Lines(request, page, next)
            : TypedResults.Ok(new TrailAnswer([.. page.Steps.Select(step => TrailItem.Of(step, observability))], next));
    }

    static IResult Lines(HttpRequest request, TrailPage page, string? next)
    {
        if (next is not null)
            request.HttpContext.Response.Headers.Link = $"<{NextPage(request, next)}>; rel=\"next\"";

        var text = new StringBuilder();
        foreach (var line in page.Steps.Reverse().SelectMany(step => step.Lines))
            text.Append(line).Append('\n');
        return TypedResults.Text(text.ToString(), MediaTypeNames.Text.Plain, Encoding.UTF8);
    }

    static string NextPage(HttpRequest request, string next)
    {
        var parameters = request.Query.Where(parameter => parameter.Key != "cursor")
            .Append(new KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>("cursor", next));
        return $"{request.PathBase}{request.Path}{new QueryBuilder(parameters).ToQueryString()}";
    }

    /// <summary>Only who names text and likes JSON less gets it.</summary>
    static bool AsksForText(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        double Of(string type) => accepted.Where(candidate => candidate.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
            .Select(candidate => candidate.Quality ?? 1).DefaultIfEmpty(0).Max();
        return Of(MediaTypeNames.Text.Plain) > Of(MediaTypeNames.Application.Json);
    }
}
