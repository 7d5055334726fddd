using System.Data.Common;
using Resonance.AcceptanceTests.Faults;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Upgrades;

public sealed class An_upgrade_that_would_strand_instances_is_refused_on_servers(Servers servers) : An_upgrade_that_would_strand_instances_is_refused
{
    private protected override Task<Installation> InstallAsync(CancellationToken cancellationToken) =>
        Installation.OnServersAsync(servers, cancellationToken);
}

public sealed class An_upgrade_that_would_strand_instances_is_refused_embedded : An_upgrade_that_would_strand_instances_is_refused
{
    private protected override Task<Installation> InstallAsync(CancellationToken cancellationToken) => Task.FromResult(Installation.Embedded());
}

/// <summary>A build without a state in which instances stand does not run their workflow.</summary>
public abstract class An_upgrade_that_would_strand_instances_is_refused
{
    private protected abstract Task<Installation> InstallAsync(CancellationToken cancellationToken);

    [Fact]
    public async Task With_the_states_and_how_many_stand_in_them()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var installation = await InstallAsync(cancellationToken);
        var payment = new PaymentForm { CardToken = "tok_review" };
        await using (var host = await HostProcess.StartAsync(installation.Settings, cancellationToken))
        {
            var api = new WorkflowApi(host.Client);
            await api.StartAsync(payment, cancellationToken);
            await api.SeeAsync(payment.PaymentId, "SUSPENDED", cancellationToken);
            Assert.Equal(0, await host.StopAsync(cancellationToken));
        }

        await using var fine = HostProcess.Launch(installation.Settings.WithArguments("check"));
        Assert.Equal(0, await fine.WaitForExitAsync(cancellationToken));

        // As a build would have left it that had a state which this one has not.
        await using (var connection = await installation.OpenAsync(cancellationToken))
            await ExecuteAsync(connection, "UPDATE workflow SET state = 'CheckedTwice', definition_hash = 'older'", cancellationToken);
        await using var check = HostProcess.Launch(installation.Settings.WithArguments("check"));
        await using var refused = HostProcess.Launch(installation.Settings);

        Assert.Equal(1, await check.WaitForExitAsync(cancellationToken));
        Assert.Equal(2, await refused.WaitForExitAsync(cancellationToken));
        Assert.All([check, refused], host => Assert.Contains(
            "- 1 of workflow 'payment' in CHECKED_TWICE (e.g. PAYMENT-1001): there is no state CHECKED_TWICE.", host.Lines));
    }

    static async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
