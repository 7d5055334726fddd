namespace Resonance.Gateway.Access;

/// <summary>The ways by which somebody can be known. A request uses one of them; <see cref="Any"/> finds out which.</summary>
static class AccessSchemes
{
    public const string Any = "resonance";

    /// <summary>An API key in a header.</summary>
    public const string Key = "key";

    /// <summary>A provider's token in a header.</summary>
    public const string Token = "token";

    /// <summary>The cookie of somebody who signed in.</summary>
    public const string Cookie = "cookie";

    /// <summary>The provider's page, where somebody signs in for the cookie.</summary>
    public const string Provider = "provider";

    /// <summary>Nothing: access is open on loopback.</summary>
    public const string Open = "open";
}
