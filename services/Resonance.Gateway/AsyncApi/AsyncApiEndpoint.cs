using System.Net.Mime;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Resonance.Engine.Definitions;
using Resonance.Gateway.Access;

namespace Resonance.Gateway.AsyncApi;

/// <summary><c>GET /asyncapi.json</c>.</summary>
static class AsyncApiEndpoint
{
    public const string Address = "/asyncapi.json";

    static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        // Contracts do not change while a process runs.
        string? document = null;
        endpoints.MapGet(Address, (WorkflowCatalog catalog) =>
                TypedResults.Text(document ??= AsyncApiDocument.Create(catalog).ToJsonString(Written), MediaTypeNames.Application.Json))
            .RequireRole(Role.Viewer)
            .ExcludeFromDescription();
    }
}
