using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Resonance.Gateway.Access;

/// <summary>Looks now and then whether who has a page open may still see it: a circuit lives for hours, and a key can be revoked.</summary>
sealed class SignedInCircuits(ILoggerFactory loggers, IServiceScopeFactory scopes) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(10);

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await AccessServices.IsStillAsync(authenticationState.User, scope.ServiceProvider, cancellationToken);
    }
}
