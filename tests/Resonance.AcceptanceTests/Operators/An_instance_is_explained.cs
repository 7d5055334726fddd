using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Operators;

public sealed class An_instance_is_explained(Servers servers)
{
    [Fact]
    public async Task Also_when_nothing_listens_to_the_queue_of_its_command()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        var settings = HostSettings.OnServers(database, broker);
        await using var engine = await HostProcess.StartAsync(settings.With("Resonance__Roles", "engine,audit,gateway"), cancellationToken);
        var api = new WorkflowApi(engine.Client);
        var order = await api.StartAsync(new OrderForm(), cancellationToken);
        await api.SeeAsync(order.Id, "PROCESSING", cancellationToken);

        var never = await ExplainAsync(engine, order.Id, cancellationToken);
        await using var workers = await HostProcess.StartAsync(settings.With("Resonance__Roles", "workers"), cancellationToken);
        await api.SeeAsync(order.Id, "COMPLETED", cancellationToken);
        await workers.StopAsync(cancellationToken);
        var second = await api.StartAsync(new OrderForm(), cancellationToken);
        await api.SeeAsync(second.Id, "PROCESSING", cancellationToken);
        var stopped = await Eventually.SeeAsync(
            token => ExplainAsync(engine, second.Id, token), explained => (long?)explained["activities"]![0]!["queuedMessages"] == 1, cancellationToken);

        Assert.Equal(("PROCESSING", "WorkflowAdmitted"), ((string?)never["state"], (string?)never["by"]));
        Assert.Contains("There is no queue 'inventory': no process has ever served it. Start one that does.", Sentences(never));
        Assert.Contains(
            "Nothing listens to the queue 'inventory', in which 1 message waits. Start a process that serves it.", Sentences(stopped));
        var activity = stopped["activities"]![0]!;
        Assert.Equal(("ReserveInventory", 1, 6, 0L), (
            (string?)activity["activity"], (int)activity["attempt"]!, (int)activity["attemptsMax"]!, (long)activity["consumers"]!));
        Assert.Equal(["ReserveInventory.Completed"], stopped["accepts"]!.AsArray().Select(name => (string?)name));
        Assert.Equal("order_limit", (string?)stopped["verdicts"]![0]!["rule"]);
    }

    static IEnumerable<string?> Sentences(JsonNode explained) => explained["movesOn"]!.AsArray().Select(sentence => (string?)sentence);

    static async Task<JsonNode> ExplainAsync(HostProcess host, Guid id, CancellationToken cancellationToken) =>
        (await host.Client.GetFromJsonAsync<JsonNode>($"api/workflows/{id}/explain", cancellationToken))!;
}
