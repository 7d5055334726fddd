using Microsoft.Data.Sqlite;
using Npgsql;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Audit;

public sealed class An_operator_verifies_what_happened(Servers servers)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_one_process()
    {
        using var directory = new TestDirectory();
        var file = $"Data Source={Path.Combine(directory.Path, "resonance.db")};Pooling=False";

        await AssertAsync(
            HostSettings.Embedded(directory),
            async sql =>
            {
                await using var connection = new SqliteConnection(file);
                await connection.OpenAsync(Cancel);
                await using var command = new SqliteCommand($"DROP TRIGGER journal_refuses_update; {sql}", connection);
                await command.ExecuteNonQueryAsync(Cancel);
            });
    }

    [Fact]
    public async Task On_Postgres_and_RabbitMq()
    {
        await using var database = await TestDatabase.CreateAsync(servers, Cancel);
        await using var broker = await TestBroker.CreateAsync(servers, Cancel);

        await AssertAsync(
            HostSettings.OnServers(database, broker),
            async sql =>
            {
                await using var connection = new NpgsqlConnection(database.ConnectionString);
                await connection.OpenAsync(Cancel);
                await using var command = new NpgsqlCommand(
                    $"SET search_path = resonance; ALTER TABLE journal DISABLE TRIGGER USER; {sql}", connection);
                await command.ExecuteNonQueryAsync(Cancel);
            });
    }

    static async Task AssertAsync(HostSettings settings, Func<string, Task> change)
    {
        using var kept = new TestDirectory();
        settings = settings.With("Audit__CheckpointInterval", "00:00:01")
            .With("Audit__KeyFile", Path.Combine(kept.Path, "audit.key"))
            .With("Audit__ExportFolder", Path.Combine(kept.Path, "checkpoints"));
        var order = new OrderForm();
        await using (var host = await HostProcess.StartAsync(settings, Cancel))
        {
            var api = new WorkflowApi(host.Client);
            await api.StartAsync(order, Cancel);
            await api.SeeAsync(order.OrderId, "COMPLETED", Cancel);
            var checkpoint = await Eventually.SeeAsync(
                async token => (await host.Client.GetAsync($"api/audit/proof/{order.OrderId}/1", token)).IsSuccessStatusCode
                    ? await host.Client.GetStringAsync("api/audit/checkpoints/latest", token)
                    : "",
                text => text.Length > 0,
                Cancel);
            Assert.StartsWith("resonance\n", checkpoint, StringComparison.Ordinal);

            // While everything goes on.
            await VerifyAsync(settings, 0, line => line.EndsWith(": everything agrees.", StringComparison.Ordinal));
            Assert.Equal(0, await host.StopAsync(Cancel));
        }

        await VerifyAsync(settings, 0, line => line.EndsWith(": everything agrees.", StringComparison.Ordinal), "--workflow", $"{order.OrderId}");
        await change($"UPDATE journal SET to_state = 'Cancelled' WHERE workflow_id = '{order.OrderId}' AND sequence = 2");

        var found = $"rowEdited {order.OrderId}/2: Step 2 of ";
        await VerifyAsync(settings, 1, line => line.StartsWith(found, StringComparison.Ordinal) && line.Contains("to 'Cancelled')", StringComparison.Ordinal));
        await VerifyAsync(settings, 1, line => line.StartsWith(found, StringComparison.Ordinal), "--workflow", $"{order.OrderId}");
        await VerifyAsync(settings, 2, line => line.Contains("'nonsense' is not the id", StringComparison.Ordinal), "--workflow", "nonsense");
        File.Delete(Path.Combine(kept.Path, "audit.key"));
        await VerifyAsync(settings, 2, line => line.Contains("no key to check them with", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(kept.Path, "audit.key")));
    }

    static async Task VerifyAsync(HostSettings settings, int exitCode, Predicate<string> line, params string[] arguments)
    {
        await using var verify = HostProcess.Launch(settings.WithArguments(["verify", .. arguments]));
        var ended = await verify.WaitForExitAsync(Cancel, Patience);
        Assert.True(ended == exitCode, $"Ended with {ended}:{Environment.NewLine}{string.Join(Environment.NewLine, verify.Lines)}");
        Assert.Contains(verify.Lines, line);
    }
}
