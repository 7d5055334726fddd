using System.Net.Http.Headers;
using System.Text;
using MassTransit;

namespace Resonance.Benchmarks;

/// <summary>A virtual host of the benchmark's own for one variant; it goes with it.</summary>
sealed class BenchmarkBroker : IAsyncDisposable
{
    readonly Uri _address;
    readonly string _virtualHost;
    readonly HttpClient _management;

    BenchmarkBroker(Uri address, string virtualHost, HttpClient management)
    {
        _address = address;
        _virtualHost = virtualHost;
        _management = management;
    }

    string User => Uri.UnescapeDataString(_address.UserInfo.Split(':')[0]);

    string Password => Uri.UnescapeDataString(_address.UserInfo.Split(':')[^1]);

    /// <param name="amqp">For example <c>amqp://guest:guest@127.0.0.1:5672/</c>.</param>
    /// <param name="management">For example <c>http://127.0.0.1:15672</c>; the user is taken from <paramref name="amqp"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<BenchmarkBroker> CreateAsync(string amqp, string management, CancellationToken cancellationToken)
    {
        var root = new UriBuilder(management) { UserName = "", Password = "", Path = "/" }.Uri;
        var client = new HttpClient { BaseAddress = root };
        var broker = new BenchmarkBroker(new Uri(amqp), $"benchmark-{NewId.NextGuid():n}", client);
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{broker.User}:{broker.Password}"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);

        // Whoever creates a virtual host has all rights on it.
        using var created = await client.PutAsync($"api/vhosts/{broker._virtualHost}", content: null, cancellationToken);
        created.EnsureSuccessStatusCode();
        return broker;
    }

    /// <summary>Brings a bus onto the virtual host.</summary>
    public void Configure(IRabbitMqBusFactoryConfigurator transport)
    {
        var port = _address.IsDefaultPort || _address.Port < 0 ? 5672 : _address.Port;
        transport.Host(_address.Host, (ushort)port, _virtualHost, "benchmark", host =>
        {
            host.Username(User);
            host.Password(Password);
        });
    }

    public async ValueTask DisposeAsync()
    {
        using (_management)
        using (await _management.DeleteAsync($"api/vhosts/{_virtualHost}"))
        {
        }
    }
}
