using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Resonance.AcceptanceTests.Support;
using Resonance.Contracts.Orders;
using Xunit;

namespace Resonance.AcceptanceTests.Faults;

/// <summary>
/// Posts orders and keeps a journal of what was accepted. A post whose answer never came may or may not have been accepted: it is
/// posted again, with the same id.
/// </summary>
sealed class OrderClient(IReadOnlyList<SampleOrder> orders)
{
    readonly ConcurrentDictionary<Guid, string> _keys = [];

    public IReadOnlyList<SampleOrder> Orders => orders;

    /// <summary>The key that each accepted order was answered with.</summary>
    public IReadOnlyDictionary<Guid, string> Keys => _keys;

    /// <summary>Posts what is not known to be accepted, all at once, until everything is or the host is dead.</summary>
    public Task PostAsync(HostProcess host, CancellationToken cancellationToken) => Eventually.SeeAsync(
        async token =>
        {
            var open = orders.Where(order => !_keys.ContainsKey(order.Id)).ToArray();
            await Task.WhenAll(open.Select(order => TryPostAsync(host.Client, order, token)));
            return _keys.Count == orders.Count || host.ExitCode is not null;
        },
        isDone => isDone,
        cancellationToken,
        TimeSpan.FromSeconds(60));

    /// <summary>Posts every order once more; each must get the answer that it got before.</summary>
    public async Task RepeatAsync(HostProcess host, CancellationToken cancellationToken)
    {
        foreach (var order in orders)
            Assert.Equal(_keys[order.Id], await PostAsync(host.Client, order, cancellationToken));
    }

    async Task TryPostAsync(HttpClient client, SampleOrder order, CancellationToken cancellationToken)
    {
        try
        {
            _keys[order.Id] = await PostAsync(client, order, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // No answer, or only a part of one.
        }
    }

    static async Task<string> PostAsync(HttpClient client, SampleOrder order, CancellationToken cancellationToken)
    {
        using var response = await client.PostAsJsonAsync("api/workflows/order", order.Start, JsonSerializerOptions.Web, cancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var accepted = await response.Content.ReadFromJsonAsync<Accepted>(cancellationToken);
        Assert.Equal(order.Id, accepted!.Id);
        return accepted.Key;
    }

    sealed record Accepted(Guid Id, string Key);
}

/// <summary>The foreign client's side: orders as bare JSON.</summary>
static class OrderPublishing
{
    const string Exchange = "Resonance.Contracts.Orders:SubmitOrder";

    public static Task PublishAsync(this TestBroker broker, SampleOrder order, CancellationToken cancellationToken) =>
        broker.PublishAsync(
            Exchange, JsonSerializer.Serialize<SubmitOrder>(order.Start, JsonSerializerOptions.Web), cancellationToken: cancellationToken);
}
