using System.Data.Common;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Faults;

public sealed class When_what_should_come_is_lost_on_servers(Servers servers) : When_what_should_come_is_lost
{
    private protected override Task<Installation> InstallAsync(CancellationToken cancellationToken) =>
        Installation.OnServersAsync(servers, cancellationToken);
}

public sealed class When_what_should_come_is_lost_embedded : When_what_should_come_is_lost
{
    private protected override Task<Installation> InstallAsync(CancellationToken cancellationToken) => Task.FromResult(Installation.Embedded());
}

/// <summary>The engine finds instances that nothing would move on any more, and drives them on.</summary>
public abstract class When_what_should_come_is_lost
{
    private protected abstract Task<Installation> InstallAsync(CancellationToken cancellationToken);

    [Fact]
    public async Task The_engine_finds_the_instance_and_drives_it_on()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallAsync(cancellationToken);
        var payment = new PaymentForm { CardToken = "tok_timeout_once" };
        var settings = installation.Settings.With("Recovery__QuietFor", "00:00:05").With("Recovery__Interval", "00:00:02");

        // Between two attempts, the process ends and somebody empties the outbox.
        await using (var first = await HostProcess.StartAsync(settings.With("Workflows__CardRetry", "00:01:00"), cancellationToken))
        {
            var api = new WorkflowApi(first.Client);
            await api.StartAsync(payment, cancellationToken);
            await api.SeeHistoryAsync(payment.PaymentId, history => history.OfKind("retryScheduled").Count == 1, cancellationToken);
            Assert.Equal(0, await first.StopAsync(cancellationToken));
        }

        await using (var connection = await installation.OpenAsync(cancellationToken))
            Assert.Equal(1, await ExecuteAsync(connection, "DELETE FROM outbox", cancellationToken));
        await using var second = await HostProcess.StartAsync(settings, cancellationToken);
        var again = new WorkflowApi(second.Client);
        await again.SeeAsync(payment.PaymentId, "COMPLETED", cancellationToken);

        // On a loaded machine a message may be under way for so long that the instance is helped once more.
        var recovered = (await again.HistoryAsync(payment.PaymentId, cancellationToken)).OfKind("recovered")[0];
        Assert.Equal("the retry of AssessCard was lost", recovered.Text("how"));
        Assert.Contains(second.Lines, line => line.Contains("Nothing would have moved", StringComparison.Ordinal));
    }

    static async Task<int> ExecuteAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
