using Xunit;

namespace Resonance.AcceptanceTests.Support;

public sealed class HostProcessTests
{
    const int KilledBySignal9 = 128 + 9;

    [Fact]
    public async Task A_killed_host_is_gone_and_another_one_can_take_its_place()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var directory = new TestDirectory();
        await using var first = await HostProcess.StartAsync(HostSettings.Embedded(directory), cancellationToken);

        await first.KillAsync();

        Assert.Equal(KilledBySignal9, first.ExitCode);
        await using var second = await HostProcess.StartAsync(HostSettings.Embedded(directory), cancellationToken);
        Assert.NotEqual(first.Address, second.Address);
    }

    [Fact]
    public async Task A_host_that_is_asked_to_stop_ends_by_itself()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var directory = new TestDirectory();
        await using var host = await HostProcess.StartAsync(HostSettings.Embedded(directory), cancellationToken);

        Assert.Equal(0, await host.StopAsync(cancellationToken));
    }

    [Fact]
    public async Task A_host_that_cannot_start_fails_the_test_at_once_with_what_it_printed()
    {
        using var directory = new TestDirectory();
        var settings = HostSettings.Embedded(directory).With("Resonance__Broker", "nonsense");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => HostProcess.StartAsync(settings, TestContext.Current.CancellationToken));

        Assert.Contains("before it was ready", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Resonance:Broker", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_is_found_whether_it_came_before_or_comes_after_and_its_absence_is_told()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var directory = new TestDirectory();
        await using var host = HostProcess.Launch(HostSettings.Embedded(directory).With("Resonance__Broker", "nonsense"));

        var line = await host.WaitForLineAsync(
            text => text.Contains("Resonance:Broker", StringComparison.Ordinal), Eventually.Patience, cancellationToken);
        var again = await host.WaitForLineAsync(text => text == line, Eventually.Patience, cancellationToken);
        var absence = await Assert.ThrowsAsync<InvalidOperationException>(
            () => host.WaitForLineAsync(text => text == "never printed", Eventually.Patience, cancellationToken));

        Assert.Equal(line, again);
        Assert.Contains(line, absence.Message, StringComparison.Ordinal);
    }
}
