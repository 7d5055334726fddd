using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Resonance.Gateway.Access;

/// <summary>Answers who is not let in: a person's browser with the page to sign in, everybody else with a problem document.</summary>
sealed class AccessAnswers : IAuthorizationMiddlewareResultHandler
{
    const string SignIn = "Sign in: send a key with the header Authorization: Bearer rsk_... or X-Api-Key.";

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
            return next(context);

        var refusal = context.Features.Get<AccessRefusal>();
        if (refusal is { CanSignIn: false })
            return Problems.Forbidden(refusal.Detail).ExecuteAsync(context);
        if (authorizeResult.Challenged)
            return ChallengeAsync(context, refusal);

        var needed = context.GetEndpoint()?.Metadata.GetOrderedMetadata<RequiredRole>() is { Count: > 0 } roles
            ? RoleNames.Of(roles.Max(required => required.Role))
            : null;
        var role = Actor.Of(context.User)?.Role is { } has ? $"yours is {RoleNames.Of(has)}" : "you have none";
        return Problems.Forbidden(needed is null ? "Nobody may do this." : $"This takes the role {needed}; {role}.").ExecuteAsync(context);
    }

    static Task ChallengeAsync(HttpContext context, AccessRefusal? refusal)
    {
        if (refusal is null && IsPage(context.Request))
        {
            var back = $"{context.Request.PathBase}{context.Request.Path}{context.Request.QueryString}";
            var query = new QueryBuilder { { SignInEndpoints.ReturnParameter, back } };
            context.Response.Redirect($"{context.Request.PathBase}{SignInEndpoints.Address}{query}");
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.Unauthorized(refusal?.Detail ?? SignIn).ExecuteAsync(context);
    }

    static bool IsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !request.Path.StartsWithSegments("/api")
        && request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));
}
