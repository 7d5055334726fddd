using Npgsql;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Orders;

[Collection<OnARunningHost>]
public sealed class The_journal_of_an_order_cannot_be_changed(RunningHost host)
{
    [Theory]
    [InlineData("UPDATE resonance.journal SET event = 'Forged'")]
    [InlineData("DELETE FROM resonance.journal")]
    [InlineData("TRUNCATE resonance.journal")]
    public async Task Neither_by_the_role_of_the_application_nor_by_the_owner(string change)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = await host.Api.StartAsync(new OrderForm(), cancellationToken);
        await host.Api.SeeAsync(order.Id, "COMPLETED", cancellationToken);

        // The owner's statement is stopped by the trigger, the application's by its privileges before that.
        var owner = await Assert.ThrowsAsync<PostgresException>(() => host.Database.ScalarAsync<object>(change, cancellationToken));
        var application = await Assert.ThrowsAsync<PostgresException>(
            () => host.Database.ScalarAsync<object>($"SET LOCAL ROLE resonance_engine; {change}", cancellationToken));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, owner.SqlState);
        Assert.Contains("append-only", owner.MessageText, StringComparison.Ordinal);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, application.SqlState);
        Assert.Contains("permission denied", application.MessageText, StringComparison.Ordinal);
        await StoredJournal.AssertChainAsync(host.Database, order.Id, cancellationToken);
    }
}
