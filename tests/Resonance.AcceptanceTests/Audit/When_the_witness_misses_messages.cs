using System.Globalization;
using Resonance.AcceptanceTests.Faults;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Audit;

/// <summary>The broker carries only a copy: whatever becomes of it, the ledger is whole again, and nobody is accused of anything.</summary>
public sealed class When_the_witness_misses_messages(Servers servers)
{
    const string Queue = "saga-audit";

    [Fact]
    public async Task A_witness_that_was_away_catches_up_with_a_queue_that_was_kept_for_it()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        await RunOrdersWithoutWitnessAsync(installation, cancellationToken);

        await AssertWholeAsync(installation, source: "message", cancellationToken);
    }

    [Fact]
    public async Task What_was_purged_from_its_queue_is_filled_in_from_the_journal()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        await RunOrdersWithoutWitnessAsync(installation, cancellationToken);
        Assert.InRange(await installation.Broker.PurgeAsync(Queue, cancellationToken), 1u, uint.MaxValue);

        await AssertWholeAsync(installation, source: "journal", cancellationToken);
    }

    [Fact]
    public async Task A_broker_that_lost_everything_costs_the_ledger_nothing()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        await RunOrdersWithoutWitnessAsync(installation, cancellationToken);

        // Another virtual host is what a broker looks like whose disk was wiped.
        await using var wiped = await TestBroker.CreateAsync(servers, cancellationToken);
        await AssertWholeAsync(
            installation, source: "journal", cancellationToken, settings => settings.With("RabbitMq__VirtualHost", wiped.VirtualHost));
    }

    [Fact]
    public async Task Two_witnesses_of_which_one_is_killed_leave_every_step_in_the_ledger_once()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        var client = new OrderClient(SampleOrders.Take(60));
        var witness = Hurried(installation.Settings).With("Resonance__Roles", "audit");
        await using var engine = await HostProcess.StartAsync(
            installation.Settings.With("Resonance__Roles", "engine,workers,gateway"), cancellationToken);
        await using var first = await HostProcess.StartAsync(witness, cancellationToken);
        await using var second = await HostProcess.StartAsync(witness, cancellationToken);

        var posting = client.PostAsync(engine, cancellationToken);
        await Eventually.SeeAsync(token => CountAsync(installation, "audit.step", token), count => count > 50, cancellationToken);
        await first.KillAsync();
        await posting;
        await installation.WaitUntilDoneAsync(client.Orders, cancellationToken);

        await SeeWholeAsync(installation, cancellationToken);
        Assert.Equal(0, await second.StopAsync(cancellationToken));
        Assert.Equal(0, await engine.StopAsync(cancellationToken));
        await installation.AssertInvariantsAsync(client.Orders, client.Keys, cancellationToken);
    }

    /// <summary>Lets orders run to their end while the queue of the witness is there and nobody serves it.</summary>
    static async Task RunOrdersWithoutWitnessAsync(InstallationOnServers installation, CancellationToken cancellationToken)
    {
        // A queue is declared by who serves it.
        await using (var all = await HostProcess.StartAsync(installation.Settings, cancellationToken))
            Assert.Equal(0, await all.StopAsync(cancellationToken));

        var client = new OrderClient(SampleOrders.Take(12));
        await using var engine = await HostProcess.StartAsync(
            installation.Settings.With("Resonance__Roles", "engine,workers,gateway"), cancellationToken);
        await client.PostAsync(engine, cancellationToken);
        await Eventually.SeeAsync(
            installation.ProgressAsync,
            progress => progress.EndedOrders == client.Orders.Count && progress.Running.Count == 0 && progress.Unsent.Count == 0,
            cancellationToken,
            TimeSpan.FromSeconds(120));
        Assert.Equal(0, await engine.StopAsync(cancellationToken));
        Assert.Equal(0, await CountAsync(installation, "audit.step", cancellationToken));
    }

    static async Task AssertWholeAsync(
        InstallationOnServers installation, string source, CancellationToken cancellationToken, Func<HostSettings, HostSettings>? change = null)
    {
        var settings = Hurried(installation.Settings).With("Resonance__Roles", "audit");
        await using var witness = await HostProcess.StartAsync(change is null ? settings : change(settings), cancellationToken);
        await SeeWholeAsync(installation, cancellationToken);
        Assert.Equal(0, await witness.StopAsync(cancellationToken));

        var sources = await installation.Database.QueryAsync(
            "SELECT DISTINCT source FROM audit.step", row => row.GetString(0), cancellationToken);
        Assert.Equal([source], sources);
    }

    /// <summary>Every row of the journal is in the ledger with its hash, without a gap between the leaves, and nothing else is.</summary>
    static async Task SeeWholeAsync(InstallationOnServers installation, CancellationToken cancellationToken)
    {
        var steps = await CountAsync(installation, "resonance.journal", cancellationToken);
        await Eventually.SeeAsync(
            token => CountAsync(installation, "audit.step", token), count => count == steps, cancellationToken, TimeSpan.FromSeconds(60));

        Assert.Equal(steps, await CountAsync(
            installation,
            "resonance.journal j JOIN audit.step s ON s.workflow_id = j.workflow_id AND s.sequence = j.sequence AND s.hash = j.hash",
            cancellationToken));
        Assert.Equal(steps - 1, await installation.Database.ScalarAsync<long>("SELECT max(leaf_index) FROM audit.step", cancellationToken));
        Assert.Equal(0, await CountAsync(installation, "audit.finding", cancellationToken));
    }

    static async Task<long> CountAsync(InstallationOnServers installation, string rows, CancellationToken cancellationToken) =>
        await installation.Database.ScalarAsync<long>(
            string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM {rows}"), cancellationToken);

    static HostSettings Hurried(HostSettings settings) => settings.With("Audit__Grace", "00:00:01").With("Audit__CatchUpInterval", "00:00:01");
}
