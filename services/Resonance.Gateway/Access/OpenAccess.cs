using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Resonance.Gateway.Access;

/// <summary>Whether, and to whom, access is open: to this machine alone, and only while nobody said who else may come in.</summary>
sealed class OpenAccess(AccessOptions options, KnownKeys keys, IServer server)
{
    static readonly string[] LeftByProxies = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via"];

    public async ValueTask<bool> IsOpenAsync(CancellationToken cancellationToken) =>
        !options.IsConfigured && ListensOnLoopbackAlone() && !await keys.AnyWasMadeAsync(cancellationToken);

    /// <summary>Why a request is not let in although access is open; null when it is.</summary>
    public static string? WhyNot(HttpContext context)
    {
        var request = context.Request;

        // A connection without an address came over a socket of this machine.
        if (context.Connection.RemoteIpAddress is { } caller && !IPAddress.IsLoopback(caller))
            return "Access is open to this machine alone. Configure who may come in from elsewhere: see docs/security.md.";

        // A page of somebody else can have its own name point to this machine; what a browser sends there still carries that name.
        if (!ListenAddresses.IsLoopbackHost(request.Host.Host.Trim('[', ']')))
        {
            return $"Access is open to this machine under the name localhost or a loopback address; the request was sent to '{request.Host.Host}'. " +
                "Use http://127.0.0.1, or configure who may come in.";
        }

        if (LeftByProxies.Any(request.Headers.ContainsKey))
            return "Access is open to this machine alone, and the request came through a proxy. Configure who may come in.";
        return SentByAnotherPage(request) ? "The request was sent by a page of another site; nothing was done." : null;
    }

    /// <summary>Whether a browser sent something that may change something, and not because our own page asked it to.</summary>
    public static bool SentByAnotherPage(HttpRequest request)
    {
        // A socket is opened with GET, and steers all the same.
        var mayChange = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            || request.Headers.ContainsKey(HeaderNames.SecWebSocketKey);
        if (!mayChange)
            return false;
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is not ("same-origin" or "none");
        return request.Headers.Origin.ToString() is { Length: > 0 } origin
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var sender)
                && sender.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    bool ListensOnLoopbackAlone() => server.Features.Get<IServerAddressesFeature>()?.Addresses.All(ListenAddresses.IsLoopback) ?? true;
}
