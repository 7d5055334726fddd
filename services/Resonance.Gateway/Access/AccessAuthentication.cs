using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Resonance.Gateway.Access;

/// <summary>Why a request was not let in, for people.</summary>
/// <param name="Detail">Says what to change.</param>
/// <param name="CanSignIn">Whether another credential would help.</param>
sealed record AccessRefusal(string Detail, bool CanSignIn);

/// <summary>An endpoint that is open to everybody, and still wants to know who calls.</summary>
sealed record KnowsCaller;

/// <summary>Finds out who sent a request: by a key or a token in its header, by its cookie, or because access is open.</summary>
sealed class AccessAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> settings, ILoggerFactory loggers, UrlEncoder encoder, AccessOptions access, KnownKeys keys,
    OpenAccess open)
    : AuthenticationHandler<AuthenticationSchemeOptions>(settings, loggers, encoder)
{
    public const string KeyHeader = "X-Api-Key";

    const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Neither a health check nor a style sheet may depend on the store.
        if (Context.GetEndpoint() is not { } endpoint
            || (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null && endpoint.Metadata.GetMetadata<KnowsCaller>() is null))
        {
            return AuthenticateResult.NoResult();
        }

        if (Given() is { } text)
            return IsToken(text) ? await TokenAsync() : await KeyAsync(text);

        var cookie = await Context.AuthenticateAsync(AccessSchemes.Cookie);
        if (cookie.Succeeded)
        {
            return OpenAccess.SentByAnotherPage(Request)
                ? Refuse("The request was sent by a page of another site; nothing was done.", canSignIn: false)
                : Accept(cookie.Principal);
        }

        if (!await open.IsOpenAsync(Context.RequestAborted))
            return AuthenticateResult.NoResult();
        return OpenAccess.WhyNot(Context) is { } why
            ? Refuse(why, canSignIn: false)
            : Accept(Actor.Principal(AccessSchemes.Open, Actor.AnonymousName, Role.Admin));
    }

    string? Given()
    {
        if (Request.Headers[KeyHeader].ToString() is { Length: > 0 } key)
            return key;
        var authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }

    // A token has three parts with dots between them; a key of ours has none.
    bool IsToken(string text) => access.Authority is not null && text != access.AdminKey && text.Count(letter => letter == '.') == 2
        && !text.StartsWith(KeyText.Prefix, StringComparison.Ordinal);

    async Task<AuthenticateResult> TokenAsync()
    {
        var token = await Context.AuthenticateAsync(AccessSchemes.Token);
        return token.Succeeded
            ? Accept(token.Principal)
            : Refuse($"The token is not taken: {token.Failure?.Message ?? "it says nothing"}", canSignIn: true);
    }

    async Task<AuthenticateResult> KeyAsync(string text) => await keys.FindAsync(text, Context.RequestAborted) is { } credential
        ? Accept(Actor.Principal(AccessSchemes.Key, credential.Name, credential.Role, credential.Id))
        : Refuse("The key is not known, has expired or was revoked.", canSignIn: true);

    AuthenticateResult Accept(System.Security.Claims.ClaimsPrincipal principal) =>
        AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));

    AuthenticateResult Refuse(string detail, bool canSignIn)
    {
        Context.Features.Set(new AccessRefusal(detail, canSignIn));
        return AuthenticateResult.Fail(detail);
    }
}
