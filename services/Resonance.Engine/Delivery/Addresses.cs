namespace Resonance.Engine.Delivery;

/// <summary>Addresses that stay right when the broker moves: no host, no virtual host.</summary>
static class Addresses
{
    /// <summary>The exchange that every message for an endpoint passes through. It never creates a queue, so that a message for an endpoint
    /// that no process has ever served comes back and is kept.</summary>
    public static Uri Endpoint(string name) => new($"exchange:{name}");

    /// <summary><c>rabbitmq://host/vhost/name?type=fanout</c> becomes <c>exchange:name?type=fanout</c>.</summary>
    public static string Portable(Uri address)
    {
        if (address.Scheme is "exchange" or "queue" or "topic")
            return address.ToString();

        var name = Uri.UnescapeDataString(address.AbsolutePath[(address.AbsolutePath.LastIndexOf('/') + 1)..]);
        return $"exchange:{name}{address.Query}";
    }

    /// <summary>The name in a portable address: <c>exchange:name?type=fanout</c> gives <c>name</c>.</summary>
    public static string NameOf(string portable) => portable[(portable.IndexOf(':') + 1)..].Split('?')[0];
}
