using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Resonance.Gateway.Access;

/// <param name="Name">Who acts, as the journal has it.</param>
/// <param name="Role"><c>viewer</c>, <c>operator</c> or <c>admin</c>.</param>
/// <param name="Open">Whether access is open: then the name is proven by nothing, and a request may say who asks.</param>
/// <param name="AntiforgeryToken">What requests that change something send as X-CSRF-Token; null for who sent no cookie.</param>
sealed record SessionAnswer(string Name, string Role, bool Open, string? AntiforgeryToken);

/// <summary><c>GET /api/session</c>.</summary>
static class SessionEndpoint
{
    public static void Map(IEndpointRouteBuilder api) => api
        .MapGet("/session", GetAsync)
        .RequireRole(Role.Viewer)
        .WithName("GetSession")
        .WithTags("Access")
        .WithSummary("Shows who sent the request, and what they may do")
        .Produces<SessionAnswer>();

    static async Task<IResult> GetAsync(Operator who, IAntiforgery antiforgery, HttpContext context)
    {
        var actor = await who.GetAsync();
        var byCookie = context.User.Identity?.AuthenticationType == AccessSchemes.Cookie;
        return TypedResults.Ok(new SessionAnswer(
            actor.Name, RoleNames.Of(actor.Role ?? Role.Viewer), !actor.IsNamed,
            byCookie ? antiforgery.GetAndStoreTokens(context).RequestToken : null));
    }
}
