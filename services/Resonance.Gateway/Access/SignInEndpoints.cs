using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Resonance.Gateway.Access;

/// <summary><c>/sign-in</c> and <c>/sign-out</c>: how people get the cookie that the dashboard knows them by, and lose it.</summary>
static class SignInEndpoints
{
    public const string Address = "/sign-in";
    public const string ReturnParameter = "returnUrl";
    public const string FailedParameter = "failed";

    const string KeyField = "key";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var pages = endpoints.MapGroup("").AllowAnonymous().WithMetadata(new KnowsCaller()).ExcludeFromDescription();
        pages.MapGet(Address, ShowAsync);
        pages.MapPost(Address, SignInAsync);
        pages.MapGet($"{Address}/provider", GoToProvider);
        pages.MapPost("/sign-out", SignOutAsync);
    }

    static async Task<IResult> ShowAsync(HttpContext context, AccessOptions options, IAntiforgery antiforgery, OpenAccess open)
    {
        var complaint = context.Request.Query.ContainsKey(FailedParameter) ? "The provider did not sign you in. Try again." : null;
        if (Actor.Of(context.User) is null && complaint is null && await open.IsOpenAsync(context.RequestAborted))
            complaint = context.Features.Get<AccessRefusal>()?.Detail;
        return Page(context, options, antiforgery, complaint, StatusCodes.Status200OK);
    }

    static async Task<IResult> SignInAsync(HttpContext context, AccessOptions options, IAntiforgery antiforgery, KnownKeys keys)
    {
        if (!context.Request.HasFormContentType || !await antiforgery.IsRequestValidAsync(context))
            return Page(context, options, antiforgery, "The page was too old. Try again.", StatusCodes.Status400BadRequest);

        var text = (await context.Request.ReadFormAsync(context.RequestAborted))[KeyField].ToString().Trim();
        if (await keys.FindAsync(text, context.RequestAborted) is not { } credential)
        {
            return Page(
                context, options, antiforgery, "The key is not known, has expired or was revoked.", StatusCodes.Status401Unauthorized);
        }

        var principal = Actor.Principal(AccessSchemes.Cookie, credential.Name, credential.Role, credential.Id);
        await context.SignInAsync(AccessSchemes.Cookie, principal);
        return TypedResults.LocalRedirect(ReturnTo(context.Request));
    }

    static IResult GoToProvider(HttpContext context, AccessOptions options) => options.ClientId is null
        ? Problems.NotFound("There is no provider to sign in at: Access:ClientId is not set.")
        : TypedResults.Challenge(
            new AuthenticationProperties { RedirectUri = ReturnTo(context.Request) }, [AccessSchemes.Provider]);

    static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Problems.BadRequest("The page was too old, and nobody was signed out. Load it anew.");

        await context.SignOutAsync(AccessSchemes.Cookie);
        return TypedResults.LocalRedirect("~" + Address);
    }

    static IResult Page(HttpContext context, AccessOptions options, IAntiforgery antiforgery, string? complaint, int status)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Content(
            SignInPage.Write(
                Actor.Of(context.User), complaint, (tokens.FormFieldName, tokens.RequestToken!), context.Request.PathBase,
                ReturnTo(context.Request), options.ClientId is not null),
            "text/html; charset=utf-8",
            statusCode: status);
    }

    /// <summary>Where somebody wanted to go, if that is an address of ours: nobody may be led elsewhere from here.</summary>
    static string ReturnTo(HttpRequest request)
    {
        var address = request.Query[ReturnParameter].ToString();
        return address is ['/', ..] and not ['/', '/' or '\\', ..] && !address.Any(char.IsControl) ? address : "~/";
    }
}
