using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Diagrams;

/// <summary><c>GET /api/workflow-types/{type}/diagram</c> and <c>GET /api/workflows/{id}/diagram</c>.</summary>
static class DiagramEndpoints
{
    public const string Svg = "image/svg+xml";
    public const string Mermaid = "text/vnd.mermaid";

    // A picture that is opened by itself brings its style along and needs nothing else.
    const string PicturePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/workflow-types/{type}/diagram", DrawType)
            .RequireRole(Role.Viewer)
            .WithName("GetWorkflowTypeDiagram")
            .WithTags("Workflow types")
            .WithSummary("Draws a workflow's machine")
            .WithDescription("As SVG, or as a Mermaid state diagram when format or the header Accept asks for it.")
            .Produces<string>(StatusCodes.Status200OK, Svg, Mermaid)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/workflows/{id:guid}/diagram", DrawInstanceAsync)
            .RequireRole(Role.Viewer)
            .WithName("GetWorkflowDiagram")
            .WithTags("Workflows")
            .WithSummary("Draws the machine of an instance with the way that it went, and where it stands")
            .Produces<string>(StatusCodes.Status200OK, Svg)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    static IResult DrawType(
        string type, WorkflowCatalog catalog, HttpContext context, [Description("svg or mermaid; the header Accept decides when it is left out.")] string? format)
    {
        if (catalog.Find(type) is not { } workflow)
            return NoSuchType(type, catalog);

        var graph = MachineGraph.Of(workflow);
        switch (QueryValues.Given(format) ?? (Wants(context.Request, Mermaid) ? "mermaid" : "svg"))
        {
            case "svg":
                return Picture(context, SvgDiagram.Render(graph, DiagramOverlay.None));
            case "mermaid":
                return EntityTags.Text(context, MermaidDiagram.Render(graph), Mermaid);
            default:
                var query = new QueryValues();
                query.Refuse("format", "format must be svg or mermaid.");
                return Problems.Invalid(query.Errors, "The query has values that are not known.");
        }
    }

    static async Task<IResult> DrawInstanceAsync(
        Guid id, WorkflowQueries queries, WorkflowCatalog catalog, HttpContext context, CancellationToken cancellationToken)
    {
        if (await queries.GetAsync(id, cancellationToken) is not { } row)
            return Problems.NoSuchInstance(id);
        if (catalog.Find(row.Type) is not { } workflow)
            return NoSuchType(row.Type, catalog);

        var history = await queries.HistoryAsync(id, cancellationToken);
        var overlay = InstanceOverlay.Of(workflow, row.Version == 0 ? null : row.State, history);
        return Picture(context, SvgDiagram.Render(MachineGraph.Of(workflow), overlay));
    }

    internal static IResult NoSuchType(string type, WorkflowCatalog catalog) => Problems.NotFound(
        $"There is no workflow '{type}'. Known are {string.Join(", ", catalog.All.Select(known => known.Type).Order(StringComparer.Ordinal))}.");

    static IResult Picture(HttpContext context, string svg)
    {
        var response = context.Response;
        response.Headers.ContentSecurityPolicy = PicturePolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        return EntityTags.Text(context, svg, Svg);
    }

    /// <summary>Whether a client asks for a type by its name; a star asks for nothing particular.</summary>
    static bool Wants(HttpRequest request, string mediaType) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);
}
