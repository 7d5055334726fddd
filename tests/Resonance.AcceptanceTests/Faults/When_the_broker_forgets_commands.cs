using System.Text.Json;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Faults;

public sealed class When_the_broker_forgets_commands(Servers servers)
{
    const string Inventory = "inventory";

    [Fact]
    public async Task Their_time_outs_send_them_again_under_the_same_keys()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        var client = new OrderClient(SampleOrders.Take(6));
        await BindQueuesAsync(installation, cancellationToken);

        // Without workers the commands stay in their queue, where they can be forgotten.
        await using var engine = await HostProcess.StartAsync(
            installation.Settings.With("Resonance__Roles", "engine,audit,gateway"), cancellationToken);
        await client.PostAsync(engine, cancellationToken);
        await Eventually.SeeAsync(
            async token => (await installation.Broker.QueuesAsync(token)).Single(queue => queue.Name == Inventory).Ready,
            ready => ready >= client.Orders.Count,
            cancellationToken);
        Assert.InRange(await installation.Broker.PurgeAsync(Inventory, cancellationToken), (uint)client.Orders.Count, uint.MaxValue);

        await using var workers = await HostProcess.StartAsync(installation.Settings.With("Resonance__Roles", "workers"), cancellationToken);
        await installation.WaitUntilDoneAsync(client.Orders, cancellationToken);
        Assert.Equal(0, await engine.StopAsync(cancellationToken));
        Assert.Equal(0, await workers.StopAsync(cancellationToken));

        await installation.AssertInvariantsAsync(client.Orders, client.Keys, cancellationToken);
        await AssertAskedAgainAsync(installation, client.Orders, cancellationToken);
    }

    static async Task BindQueuesAsync(Installation installation, CancellationToken cancellationToken)
    {
        await using var host = await HostProcess.StartAsync(installation.Settings, cancellationToken);
        Assert.Equal(0, await host.StopAsync(cancellationToken));
    }

    static async Task AssertAskedAgainAsync(Installation installation, IReadOnlyList<SampleOrder> orders, CancellationToken cancellationToken)
    {
        await using var connection = await installation.OpenAsync(cancellationToken);
        var books = await Books.ReadAsync(connection, cancellationToken);
        foreach (var order in orders)
        {
            var sent = books.Journal.Where(row => row.WorkflowId == order.Id)
                .SelectMany(row => JsonDocument.Parse(row.Entries).RootElement.EnumerateArray())
                .Where(entry => entry.GetProperty("kind").GetString() == "commandSent" && entry.GetProperty("command").GetString() == "ReserveInventory")
                .Select(entry => (Key: entry.GetProperty("idempotencyKey").GetString(), Attempt: entry.GetProperty("attempt").GetInt32()))
                .ToArray();
            Assert.InRange(sent.Length, 2, int.MaxValue);
            Assert.Single(sent.Select(command => command.Key).Distinct());
            Assert.Equal(Enumerable.Range(1, sent.Length), sent.Select(command => command.Attempt));
        }
    }
}
