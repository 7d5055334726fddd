using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Faults;

public sealed class When_two_engines_share_the_load(Servers servers)
{
    [Fact]
    public async Task One_may_be_killed_and_the_other_brings_everything_to_its_end_once()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallationOnServers.CreateAsync(servers, cancellationToken);
        var orders = SampleOrders.Take(100);
        await using var first = HostProcess.Launch(installation.Settings);
        await using var second = HostProcess.Launch(installation.Settings);
        await first.WaitUntilReadyAsync(cancellationToken);
        await second.WaitUntilReadyAsync(cancellationToken);

        var publishing = PublishAsync(installation.Broker, orders, cancellationToken);
        await Eventually.SeeAsync(
            _ => Task.FromResult((First: Steps(first), Second: Steps(second))), steps => steps is { First: > 20, Second: > 20 }, cancellationToken);
        await first.KillAsync();
        var afterwards = await installation.ProgressAsync(cancellationToken);
        await publishing;

        Assert.InRange(afterwards.EndedOrders, 0, orders.Count - 1);
        await installation.WaitUntilDoneAsync(orders, cancellationToken);
        Assert.Equal(0, await second.StopAsync(cancellationToken));
        await installation.AssertInvariantsAsync(orders, new Dictionary<Guid, string>(), cancellationToken);
    }

    static async Task PublishAsync(TestBroker broker, IReadOnlyList<SampleOrder> orders, CancellationToken cancellationToken)
    {
        foreach (var order in orders)
            await broker.PublishAsync(order, cancellationToken);
    }

    static int Steps(HostProcess host) => host.Lines.Count(line => line.Contains(" transitioned from ", StringComparison.Ordinal));
}
