using Microsoft.AspNetCore.Builder;

namespace Resonance.Gateway.Access;

/// <summary>Says on an endpoint which role its caller must have.</summary>
sealed record RequiredRole(Role Role);

static class RequiredRoleExtensions
{
    /// <summary>
    /// Declares the role that a caller of the endpoint, or of every endpoint of the group, must have. An endpoint that declares none and
    /// is not open to everybody answers nobody.
    /// </summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder endpoint, Role role) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(RoleNames.Of(role)).WithMetadata(new RequiredRole(role));
}
