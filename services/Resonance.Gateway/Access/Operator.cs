using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace Resonance.Gateway.Access;

/// <summary>Says who acts: in an endpoint whoever sent the request, in a component whoever opened the page.</summary>
sealed class Operator(IServiceProvider services, IHttpContextAccessor requests)
{
    /// <summary>Who acts; nobody is <c>anonymous</c> and has no role.</summary>
    public async ValueTask<Actor> GetAsync()
    {
        // A circuit has services of its own and outlives the request that opened it, which it may still see.
        var principal = requests.HttpContext is { } request && ReferenceEquals(request.RequestServices, services)
            ? request.User
            : (await services.GetRequiredService<AuthenticationStateProvider>().GetAuthenticationStateAsync()).User;
        return Actor.Of(principal) ?? new Actor(Actor.AnonymousName, null, IsNamed: false);
    }

    /// <summary>Who is written to the journal, or why not.</summary>
    /// <param name="given">Whom the request names.</param>
    /// <param name="member">Where it does.</param>
    public async ValueTask<OperatorName> NameAsync(string? given, string member)
    {
        var actor = await GetAsync();
        if (!actor.IsNamed)
            return new OperatorName(given ?? actor.Name, null);
        if (given is null || given == actor.Name)
            return new OperatorName(actor.Name, null);

        var why = $"{member} must be {actor.Name}, who sent the request; leave it out.";
        return new OperatorName(actor.Name, Problems.Invalid(
            new Dictionary<string, string[]> { [member] = [why] }, "Nothing was done: the request names somebody else."));
    }
}

/// <param name="Name">Who acts.</param>
/// <param name="Problem">Why nothing is done; null when all is well.</param>
sealed record OperatorName(string Name, ValidationProblem? Problem);
