using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Http;

public sealed class A_host_says_whether_it_is_ready(Servers servers)
{
    [Fact]
    public async Task It_is_not_while_its_database_is_away_and_is_again_afterwards()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        await using var host = await HostProcess.StartAsync(HostSettings.OnServers(database, broker), cancellationToken);
        Assert.Equal("healthy", (await AskAsync(host, "ready", cancellationToken)).Answer["status"]!.ToString());

        await RenameAsync(database.Name, $"{database.Name}_away", cancellationToken);
        try
        {
            var (status, answer) = await Eventually.SeeAsync(
                token => AskAsync(host, "ready", token), seen => seen.Status != HttpStatusCode.OK, cancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains(answer["checks"]!.AsObject(), check => check.Value!["status"]!.ToString() == "unhealthy");
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(host, "live", cancellationToken)).Status);
        }
        finally
        {
            await RenameAsync($"{database.Name}_away", database.Name, CancellationToken.None);
        }

        await Eventually.SeeAsync(token => AskAsync(host, "ready", token), seen => seen.Status == HttpStatusCode.OK, cancellationToken);
        var api = new WorkflowApi(host.Client);
        var order = await api.StartAsync(new OrderForm(), cancellationToken);
        await api.SeeAsync(order.Id, "COMPLETED", cancellationToken);
    }

    static async Task<(HttpStatusCode Status, JsonNode Answer)> AskAsync(HostProcess host, string what, CancellationToken cancellationToken)
    {
        using var response = await host.Client.GetAsync($"health/{what}", cancellationToken);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!);
    }

    // A database that is called otherwise cannot be connected to, and it cannot be renamed while somebody is connected.
    async Task RenameAsync(string from, string to, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(await servers.PostgresAdmin) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await Eventually.SeeAsync(
            async token =>
            {
                await using var rename = new NpgsqlCommand(
                    $"""
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}';
                    ALTER DATABASE {from} RENAME TO {to};
                    """,
                    connection);
                await rename.ExecuteNonQueryAsync(token);
                return true;
            },
            renamed => renamed,
            cancellationToken);
    }
}
