using System.Globalization;
using Npgsql;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Faults;

/// <summary>No message is blamed for a server that is away: none is set aside, and all goes on when it is back.</summary>
public sealed class When_a_server_goes_away_for_a_while(Servers servers)
{
    // Longer than a message that fails is tried again in place: 100 ms, 500 ms and 2 s.
    static readonly TimeSpan Outage = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task Orders_survive_a_database_that_ends_every_session_again_and_again()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);

        await RunAsync(installation, installation.Settings, async () =>
        {
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(150), TimeProvider.System);
            var ended = 0L;
            for (var count = 0; count < 30 && await pace.WaitForNextTickAsync(cancellationToken); count++)
                ended += await EndSessionsAsync(installation.Database, cancellationToken);
            Assert.InRange(ended, 1, long.MaxValue);
        });
    }

    [Fact]
    public async Task Orders_survive_a_database_that_cannot_be_reached()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        var server = new NpgsqlConnectionStringBuilder(installation.Database.ConnectionString);
        await using var cable = Cable.To(server.Host!, server.Port);
        (server.Host, server.Port) = (cable.Host, cable.Port);

        await RunAsync(
            installation, installation.Settings.With("ConnectionStrings__Postgres", server.ConnectionString), () => CutAsync(cable, cancellationToken));
    }

    [Fact]
    public async Task Orders_survive_a_broker_that_cannot_be_reached()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        await using var cable = Cable.To(installation.Broker.Address.Host, installation.Broker.Address.Port);

        await RunAsync(
            installation,
            installation.Settings.With("RabbitMq__Host", cable.Host).With("RabbitMq__Port", cable.Port.ToString(CultureInfo.InvariantCulture)),
            () => CutAsync(cable, cancellationToken));
    }

    static async Task RunAsync(InstallationOnServers installation, HostSettings settings, Func<Task> disturb)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var orders = SampleOrders.Take(56);
        await using var host = await HostProcess.StartAsync(settings, cancellationToken);

        // One of each kind first: what breaks shall be a process in full swing, with every connection and channel open that it uses.
        await PublishAsync(installation.Broker, orders.Take(6), cancellationToken);
        await installation.WaitUntilDoneAsync([.. orders.Take(6)], cancellationToken);
        var shipping = host.Lines.Count(IsShipping);
        await PublishAsync(installation.Broker, orders.Skip(6), cancellationToken);
        await Eventually.SeeAsync(_ => Task.FromResult(host.Lines.Count(IsShipping)), count => count > shipping, cancellationToken);
        var before = await installation.ProgressAsync(cancellationToken);
        await disturb();

        Assert.InRange(before.EndedOrders, 0, orders.Count - 1);
        await installation.WaitUntilDoneAsync(orders, cancellationToken);
        Assert.Equal(0, await host.StopAsync(cancellationToken));
        await installation.AssertInvariantsAsync(orders, new Dictionary<Guid, string>(), cancellationToken);
    }

    static bool IsShipping(string line) => line.Contains("to SHIPPING", StringComparison.Ordinal);

    static async Task PublishAsync(TestBroker broker, IEnumerable<SampleOrder> orders, CancellationToken cancellationToken)
    {
        foreach (var order in orders)
            await broker.PublishAsync(order, cancellationToken);
    }

    static async Task CutAsync(Cable cable, CancellationToken cancellationToken)
    {
        cable.Cut();
        await Task.Delay(Outage, TimeProvider.System, cancellationToken);
        Assert.InRange(cable.Refused, 1, int.MaxValue);
        cable.Mend();
    }

    static async Task<long> EndSessionsAsync(TestDatabase database, CancellationToken cancellationToken) =>
        await database.ScalarAsync<long>(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
            cancellationToken);
}
