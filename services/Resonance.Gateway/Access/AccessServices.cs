using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Resonance.Gateway.Access;

/// <summary>Registers all that says who may do what.</summary>
static class AccessServices
{
    public const string AntiforgeryHeader = "X-CSRF-Token";

    public static void Add(IServiceCollection services, AccessOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<KnownKeys>();
        services.AddSingleton<OpenAccess>();
        services.AddHttpContextAccessor();
        services.AddScoped<Operator>();
        services.AddSingleton<SensitiveData>();
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SignedInCircuits>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessAnswers>();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.HeaderName = AntiforgeryHeader;
            antiforgery.Cookie.Name = "resonance-antiforgery";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

            // Who may show this page in theirs is said by the headers of every answer.
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        AddSchemes(services, options);
        AddPolicies(services.AddAuthorizationBuilder());
        RequestLimits.Add(services, options.Limits);
    }

    static void AddSchemes(IServiceCollection services, AccessOptions options)
    {
        var authentication = services.AddAuthentication(AccessSchemes.Any)
            .AddScheme<AuthenticationSchemeOptions, AccessAuthentication>(AccessSchemes.Any, null)
            .AddCookie(AccessSchemes.Cookie, cookie =>
            {
                cookie.Cookie.Name = "resonance-session";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

                // Who comes back from the provider comes from another site.
                cookie.Cookie.SameSite = options.ClientId is null ? SameSiteMode.Strict : SameSiteMode.Lax;
                cookie.ExpireTimeSpan = options.SignInLasts;
                cookie.SlidingExpiration = true;
                cookie.LoginPath = SignInEndpoints.Address;
                cookie.Events.OnValidatePrincipal = RenewAsync;
            });
        Providers.Add(authentication, options);
    }

    /// <summary>Every policy is a role. What declares none is open to nobody.</summary>
    static void AddPolicies(AuthorizationBuilder authorization)
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            authorization.AddPolicy(
                RoleNames.Of(role), policy => policy.RequireAssertion(context => Actor.Of(context.User)?.May(role) == true));
        }

        // An address where there is nothing, or nothing for that method, may say so.
        authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder()
            .RequireAssertion(context => context.Resource is HttpContext request && request.GetEndpoint() is not RouteEndpoint)
            .Build());
    }

    /// <summary>A cookie is worth what the key behind it is worth now.</summary>
    static async Task RenewAsync(CookieValidatePrincipalContext context)
    {
        if (context.Principal is { } principal
            && await IsStillAsync(principal, context.HttpContext.RequestServices, context.HttpContext.RequestAborted))
        {
            return;
        }

        context.RejectPrincipal();
    }

    /// <summary>Whether somebody may still do what they could when they came.</summary>
    public static async ValueTask<bool> IsStillAsync(
        System.Security.Claims.ClaimsPrincipal principal, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (Actor.Of(principal) is not { } actor)
            return true;
        if (!actor.IsNamed)
            return await services.GetRequiredService<OpenAccess>().IsOpenAsync(cancellationToken);
        if (Actor.KeyOf(principal) is not { } key)
            return services.GetRequiredService<AccessOptions>().Authority is not null;

        var now = await services.GetRequiredService<KnownKeys>().RenewAsync(key, cancellationToken);
        return now is not null && now.Name == actor.Name && now.Role == actor.Role;
    }
}
