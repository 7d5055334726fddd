using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Resonance.Gateway.Access;

/// <summary>Tells addresses that only this machine reaches from others.</summary>
static class ListenAddresses
{
    /// <summary>Where a process will listen, by its settings.</summary>
    public static IReadOnlyList<string> Configured(IConfiguration settings)
    {
        // What is said of Kestrel's endpoints goes before everything else.
        var endpoints = settings.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToArray();
        return endpoints.Length > 0
            ? endpoints
            : settings["urls"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
    }

    /// <summary>Whether nobody but this machine can reach the address, e.g. <c>http://127.0.0.1:5080</c>.</summary>
    public static bool IsLoopback(string address)
    {
        try
        {
            var binding = BindingAddress.Parse(address);
            return binding.IsUnixPipe || IsLoopbackHost(binding.Host);
        }
        catch (FormatException)
        {
            // The server will refuse it, and until then nobody relies on it.
            return false;
        }
    }

    /// <summary>Whether a host's name or address, without a port, always means this machine.</summary>
    public static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
