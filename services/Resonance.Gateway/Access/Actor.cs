using System.Security.Claims;

namespace Resonance.Gateway.Access;

/// <summary>Who acts, and what they may do.</summary>
/// <param name="Name">As the journal has it.</param>
/// <param name="Role">Null for somebody who is known and was given no role.</param>
/// <param name="IsNamed">Whether the name was proven; otherwise access is open, and a request may say who asks.</param>
sealed record Actor(string Name, Role? Role, bool IsNamed)
{
    /// <summary>Whoever calls while access is open.</summary>
    public const string AnonymousName = "anonymous";

    /// <summary>Whoever has the key of the settings.</summary>
    public const string AdminName = "admin";

    const int NameMax = 128;
    const string NameClaim = "name";
    const string RoleClaim = "role";
    const string KeyClaim = "key";

    /// <summary>Whether the name stands for somebody already.</summary>
    public static bool IsReserved(string name) =>
        name.Equals(AnonymousName, StringComparison.OrdinalIgnoreCase) || name.Equals(AdminName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Who a request or a circuit belongs to; null for nobody.</summary>
    public static Actor? Of(ClaimsPrincipal principal) => principal.Identity is ClaimsIdentity { IsAuthenticated: true } identity
        ? new Actor(
            identity.FindFirst(NameClaim)?.Value ?? "", RoleNames.Find(identity.FindFirst(RoleClaim)?.Value),
            identity.AuthenticationType != AccessSchemes.Open)
        : null;

    /// <summary>The id of the key that somebody signed in with; null when it was no key.</summary>
    public static string? KeyOf(ClaimsPrincipal principal) => principal.FindFirst(KeyClaim)?.Value;

    public static ClaimsPrincipal Principal(string scheme, string name, Role? role, string? key = null)
    {
        List<Claim> claims = [new(NameClaim, name)];
        if (role is { } given)
            claims.Add(new Claim(RoleClaim, RoleNames.Of(given)));
        if (key is not null)
            claims.Add(new Claim(KeyClaim, key));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme, NameClaim, RoleClaim));
    }

    /// <summary>What a provider says of somebody, in the words of this program; null when it does not say who they are.</summary>
    public static ClaimsPrincipal? FromProvider(string scheme, ClaimsPrincipal principal, string roleClaim)
    {
        var name = new[] { "preferred_username", "name", "sub" }.Select(claim => principal.FindFirst(claim)?.Value)
            .FirstOrDefault(value => !string.IsNullOrWhiteSpace(value));
        if (name is null || name.Length > NameMax || name.Any(char.IsControl))
            return null;

        var roles = principal.FindAll(roleClaim).Select(claim => RoleNames.Find(claim.Value)).OfType<Role>().ToArray();
        return Principal(scheme, name, roles.Length == 0 ? null : roles.Max());
    }

    public bool May(Role role) => Role >= role;
}
