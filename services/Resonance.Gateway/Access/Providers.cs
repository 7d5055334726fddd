using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Resonance.Gateway.Access;

/// <summary>Tokens of an OpenID Connect provider, and its page to sign in at.</summary>
static class Providers
{
    const string Nameless = "It does not say whom it is for: none of preferred_username, name and sub is a name of at most 128 characters.";

    public static void Add(AuthenticationBuilder authentication, AccessOptions options)
    {
        if (options.Authority is not { } authority)
            return;

        var needsHttps = !authority.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        authentication.AddJwtBearer(AccessSchemes.Token, token =>
        {
            token.Authority = authority;
            token.Audience = options.Audience;
            token.RequireHttpsMetadata = needsHttps;
            token.MapInboundClaims = false;
            token.Events = new()
            {
                OnTokenValidated = context =>
                {
                    if (Read(AccessSchemes.Token, context.Principal, options) is { } principal)
                        context.Principal = principal;
                    else
                        context.Fail(Nameless);
                    return Task.CompletedTask;
                },
            };
        });
        if (options.ClientId is not null)
            authentication.AddOpenIdConnect(AccessSchemes.Provider, provider => Configure(provider, options, needsHttps));
    }

    static void Configure(OpenIdConnectOptions provider, AccessOptions options, bool needsHttps)
    {
        provider.Authority = options.Authority;
        provider.ClientId = options.ClientId;
        provider.ClientSecret = options.ClientSecret;
        provider.RequireHttpsMetadata = needsHttps;
        provider.ResponseType = OpenIdConnectResponseType.Code;

        // In the address and not in a form, so that our cookies need not travel with what another site posts.
        provider.ResponseMode = OpenIdConnectResponseMode.Query;
        provider.CorrelationCookie.SameSite = SameSiteMode.Lax;
        provider.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        provider.NonceCookie.SameSite = SameSiteMode.Lax;
        provider.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        provider.SignInScheme = AccessSchemes.Cookie;
        provider.CallbackPath = $"{SignInEndpoints.Address}/callback";
        provider.MapInboundClaims = false;
        provider.Events = new OpenIdConnectEvents
        {
            OnTokenValidated = context =>
            {
                if (Read(AccessSchemes.Cookie, context.Principal, options) is not { } principal)
                {
                    context.Fail(Nameless);
                    return Task.CompletedTask;
                }

                // What somebody may do is asked anew of the provider, however busy they were.
                context.Principal = principal;
                context.Properties!.AllowRefresh = false;
                return Task.CompletedTask;
            },
            OnRemoteFailure = context =>
            {
                context.Response.Redirect($"{context.Request.PathBase}{SignInEndpoints.Address}?{SignInEndpoints.FailedParameter}=1");
                context.HandleResponse();
                return Task.CompletedTask;
            },
        };
    }

    static ClaimsPrincipal? Read(string scheme, ClaimsPrincipal? principal, AccessOptions options) =>
        principal is null ? null : Actor.FromProvider(scheme, principal, options.RoleClaim);
}
