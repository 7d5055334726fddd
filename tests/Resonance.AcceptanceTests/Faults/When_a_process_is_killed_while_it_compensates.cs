using Resonance.AcceptanceTests.Support;
using Resonance.Engine.Steps;
using Xunit;

namespace Resonance.AcceptanceTests.Faults;

public sealed class When_a_process_is_killed_while_it_compensates_on_servers(Servers servers) : When_a_process_is_killed_while_it_compensates
{
    private protected override Task<Installation> InstallAsync(CancellationToken cancellationToken) =>
        Installation.OnServersAsync(servers, cancellationToken);
}

public sealed class When_an_embedded_process_is_killed_while_it_compensates : When_a_process_is_killed_while_it_compensates
{
    private protected override Task<Installation> InstallAsync(CancellationToken cancellationToken) => Task.FromResult(Installation.Embedded());
}

/// <summary>What an order did is undone in reverse order, each part once, whenever the process dies.</summary>
public abstract class When_a_process_is_killed_while_it_compensates
{
    const int KilledBySignal9 = 128 + 9;

    /// <summary>
    /// The steps of an order that nobody ships: the first queues it, seven until it is paid, the eighth gives it up, the ninth to eleventh
    /// give the money back, the twelfth gives the stock back.
    /// </summary>
    public static TheoryData<string, int> Faults() => new MatrixTheoryData<string, int>(
        [nameof(StepPoint.BeforeCommit), nameof(StepPoint.AfterCommit), nameof(StepPoint.BeforeAcknowledge)], [9, 11]);

    private protected abstract Task<Installation> InstallAsync(CancellationToken cancellationToken);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_next_one_undoes_the_rest_once(string point, int nth)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallAsync(cancellationToken);
        var client = new OrderClient([.. SampleOrders.Take(2).Where(order => order.Kind == OrderKind.NotShipped)]);

        // On a loaded machine a time-out would be a step, too.
        var settings = installation.Settings.With("Workflows__Worker", "00:01:00").With("Workflows__CardProvider", "00:01:00")
            .With("Workflows__Child", "00:05:00");
        await using (var doomed = await HostProcess.StartAsync(settings.WithFault(point, nth), cancellationToken))
        {
            await client.PostAsync(doomed, cancellationToken);
            Assert.Equal(KilledBySignal9, await doomed.WaitForExitAsync(cancellationToken, TimeSpan.FromSeconds(60)));
        }

        await using var connection = await installation.OpenAsync(cancellationToken);
        var undoing = await connection.ReadAsync(
            "SELECT count(*) FROM workflow WHERE status = 'compensating'", row => row.GetInt64(0), cancellationToken);
        await using var next = await HostProcess.StartAsync(settings, cancellationToken);
        await installation.WaitUntilDoneAsync(client.Orders, cancellationToken);
        Assert.Equal(0, await next.StopAsync(cancellationToken));

        Assert.NotEqual(0, undoing[0]);
        await installation.AssertInvariantsAsync(client.Orders, client.Keys, cancellationToken);
    }
}
