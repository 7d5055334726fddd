using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.Reports;

/// <summary><c>GET /api/reports/{id}</c>: a document that a workflow made, as it is.</summary>
static class ReportEndpoint
{
    // A page of ours brings its style along and needs nothing else; what slipped into one all the same can do nothing.
    const string PagePolicy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/reports/{id:guid}", GetAsync)
        .RequireRole(Role.Viewer)
        .WithName("GetReport")
        .WithTags("Reports")
        .WithSummary("Shows a report that a workflow has made")
        .WithDescription("A report never changes: ask with If-None-Match, and the answer is 304.")
        .Produces<string>(StatusCodes.Status200OK, "text/html", "text/csv")
        .Produces(StatusCodes.Status304NotModified)
        .ProducesProblem(StatusCodes.Status404NotFound);

    static async Task<IResult> GetAsync(
        Guid id, Documents documents, WorkflowQueries workflows, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await documents.FindAsync(id, cancellationToken) is not { } document)
            return Missing(id, await workflows.GetAsync(id, cancellationToken));

        var disposition = new ContentDispositionHeaderValue("inline");
        disposition.SetHttpFileName(document.Name);
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
        if (MediaTypeHeaderValue.TryParse(document.MediaType, out var type) && type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase))
            response.Headers.ContentSecurityPolicy = PagePolicy;
        return TypedResults.Bytes(document.Body, document.MediaType, entityTag: TagOf(document));
    }

    /// <summary>Says why there is no report, as far as the instance of its id can tell.</summary>
    static IResult Missing(Guid id, WorkflowRow? instance)
    {
        if (instance is null)
            return Problems.NotFound($"There is no report with the id {id}, and no workflow instance that would make it.");

        var state = StateNames.ToScreen(instance.State);
        if (!WorkflowStatus.IsEnd(instance.Status))
            return Problems.NotFound($"There is no report with the id {id} yet: {instance.Key} is in {state}.", "state", state);

        var reason = InstanceData.Read(instance.Data).Reason is { } why ? $": {why.TrimEnd('.')}." : ".";
        return Problems.NotFound($"There is no report with the id {id}, and there will be none: {instance.Key} ended in {state}{reason}", "state", state);
    }

    static EntityTagHeaderValue TagOf(Document document) =>
        new($"\"{Convert.ToHexStringLower(SHA256.HashData(document.Body), 0, 16)}\"");
}
