using Resonance.AcceptanceTests.Support;
using Resonance.Engine.Steps;
using Xunit;

namespace Resonance.AcceptanceTests.Faults;

public sealed class When_a_process_is_killed_at_a_point_of_the_step_on_servers(Servers servers) : When_a_process_is_killed_at_a_point_of_the_step
{
    private protected override Task<Installation> InstallAsync(CancellationToken cancellationToken) =>
        Installation.OnServersAsync(servers, cancellationToken);
}

public sealed class When_an_embedded_process_is_killed_at_a_point_of_the_step : When_a_process_is_killed_at_a_point_of_the_step
{
    private protected override Task<Installation> InstallAsync(CancellationToken cancellationToken) => Task.FromResult(Installation.Embedded());
}

/// <summary>Nothing that was accepted is lost, and nothing is done twice.</summary>
public abstract class When_a_process_is_killed_at_a_point_of_the_step
{
    const int KilledBySignal9 = 128 + 9;

    /// <summary>Each point of the step: at the very first message, and in the thick of it.</summary>
    public static TheoryData<string, int, double> Faults()
    {
        var faults = new TheoryData<string, int, double>();
        foreach (var point in Enum.GetNames<StepPoint>())
        {
            faults.Add(point, 1, 0);
            faults.Add(point, 30, 0);
        }

        // A commit takes a millisecond or so: these die while the store is at it, or before its answer is read.
        faults.Add(nameof(StepPoint.DuringCommit), 20, 0.3);
        faults.Add(nameof(StepPoint.DuringCommit), 40, 2);
        return faults;
    }

    private protected abstract Task<Installation> InstallAsync(CancellationToken cancellationToken);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task The_next_one_brings_everything_to_its_end_once(string point, int nth, double lingerMilliseconds)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallAsync(cancellationToken);
        var client = new OrderClient(SampleOrders.Take(12));

        await using (var doomed = await HostProcess.StartAsync(
            installation.Settings.WithFault(point, nth, TimeSpan.FromMilliseconds(lingerMilliseconds)), cancellationToken))
        {
            await client.PostAsync(doomed, cancellationToken);
            await AssertFaultAsync(doomed, point, nth, cancellationToken);
        }

        await RecoverAsync(installation, client, cancellationToken);
    }

    [Fact]
    public async Task So_it_does_after_one_was_killed_at_every_point_while_it_took_up_what_the_one_before_had_left()
    {
        const int nth = 4;
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallAsync(cancellationToken);
        var client = new OrderClient(SampleOrders.Take(24));

        foreach (var point in Enum.GetNames<StepPoint>())
        {
            // Not waited for: with work left by the one before, it may well be dead before it is ready.
            await using var doomed = HostProcess.Launch(installation.Settings.WithFault(point, nth));
            await client.PostAsync(doomed, cancellationToken);
            await AssertFaultAsync(doomed, point, nth, cancellationToken);
        }

        await RecoverAsync(installation, client, cancellationToken);
    }

    static async Task AssertFaultAsync(HostProcess doomed, string point, int nth, CancellationToken cancellationToken)
    {
        var exitCode = await doomed.WaitForExitAsync(cancellationToken, TimeSpan.FromSeconds(60));
        Assert.Equal(KilledBySignal9, exitCode);
        Assert.Contains($"The fault strikes: {point} #{nth}.", doomed.Lines);
    }

    static async Task RecoverAsync(Installation installation, OrderClient client, CancellationToken cancellationToken)
    {
        await using var next = await HostProcess.StartAsync(installation.Settings, cancellationToken);
        await client.PostAsync(next, cancellationToken);
        await installation.WaitUntilDoneAsync(client.Orders, cancellationToken);
        await client.RepeatAsync(next, cancellationToken);
        Assert.Equal(0, await next.StopAsync(cancellationToken));

        await installation.AssertInvariantsAsync(client.Orders, client.Keys, cancellationToken);
    }
}
