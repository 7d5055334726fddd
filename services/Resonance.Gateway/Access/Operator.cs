using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts;
using Resonance.Engine.Definitions;

namespace Resonance.Gateway.Access;

/// <summary>Says who acts: in an endpoint whoever sent the request, in a component whoever opened the page.</summary>
sealed class Operator(IServiceProvider services, IHttpContextAccessor requests)
{
    const int NameMax = 128;
    const string AuthorMember = "author";

    static readonly Dictionary<string, string[]> None = [];

    /// <summary>Who acts; nobody is <c>anonymous</c> and has no role.</summary>
    public async ValueTask<Actor> GetAsync()
    {
        // A circuit has services of its own and outlives the request that opened it, which it may still see.
        var principal = requests.HttpContext is { } request && ReferenceEquals(request.RequestServices, services)
            ? request.User
            : (await services.GetRequiredService<AuthenticationStateProvider>().GetAuthenticationStateAsync()).User;
        return Actor.Of(principal) ?? new Actor(Actor.AnonymousName, null, IsNamed: false);
    }

    /// <summary>Who answers for a change: where nobody had to sign in, the request must say so.</summary>
    /// <param name="json">The request's body; its member <c>author</c> is read.</param>
    public async ValueTask<OperatorName> AuthorAsync(ReadOnlyMemory<byte> json)
    {
        if ((await GetAsync()).IsNamed)
        {
            var given = ContractReader.Read(typeof(GivenAuthor), json);
            return given.Message is GivenAuthor author
                ? await NameAsync(author.Author, AuthorMember)
                : new OperatorName(Actor.AnonymousName, given.Errors);
        }

        var needed = ContractReader.Read(typeof(NeededAuthor), json);
        return needed.Message is NeededAuthor named
            ? new OperatorName(named.Author, None)
            : new OperatorName(Actor.AnonymousName, needed.Errors);
    }

    /// <summary>Who is written to the journal, or why not.</summary>
    /// <param name="given">Whom the request names.</param>
    /// <param name="member">Where it does.</param>
    public async ValueTask<OperatorName> NameAsync(string? given, string member)
    {
        var actor = await GetAsync();
        if (!actor.IsNamed)
            return new OperatorName(given ?? actor.Name, None);
        return given is null || given == actor.Name
            ? new OperatorName(actor.Name, None)
            : new OperatorName(
                actor.Name,
                new Dictionary<string, string[]> { [member] = [$"{member} must be {actor.Name}, who sent the request; leave it out."] });
    }

    sealed record GivenAuthor
    {
        [StringLength(NameMax, MinimumLength = 1), PlainText]
        public string? Author { get; init; }
    }

    sealed record NeededAuthor
    {
        [Required, StringLength(NameMax, MinimumLength = 1), PlainText]
        public required string Author { get; init; }
    }
}

/// <param name="Name">Who acts.</param>
/// <param name="Errors">Why nothing is done, by member; nothing when all is well.</param>
sealed record OperatorName(string Name, IReadOnlyDictionary<string, string[]> Errors)
{
    /// <summary>Why nothing is done; null when all is well.</summary>
    public ValidationProblem? Problem =>
        Errors.Count == 0 ? null : Problems.Invalid(Errors, "Nothing was done: the request names somebody else than who sent it.");

    /// <summary>What is wrong with a request, all of it.</summary>
    public Dictionary<string, string[]> With(IReadOnlyDictionary<string, string[]> others)
    {
        var all = new Dictionary<string, string[]>(others, StringComparer.Ordinal);
        foreach (var (member, problems) in Errors)
            all.TryAdd(member, problems);
        return all;
    }
}
