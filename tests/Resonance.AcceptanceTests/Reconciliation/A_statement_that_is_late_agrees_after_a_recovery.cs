using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Reconciliation;

public sealed class A_statement_that_is_late_agrees_after_a_recovery(Servers servers)
{
    [Fact]
    public async Task It_is_fetched_again_by_itself_and_the_period_is_verified()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        await using var host = await HostProcess.StartAsync(HostSettings.OnServers(database, broker), cancellationToken);
        var api = new WorkflowApi(host.Client);
        var effects = new Effects(database);
        await PayAsync(api, effects, "tok_visa", cancellationToken);
        var early = await api.StartAsync(new ReconciliationForm(), cancellationToken);
        await api.SeeAsync(early.Id, "VERIFIED", cancellationToken);

        // Three seconds pass before this one is on the statement. The host has matched one before, so that it does not take as long for
        // this.
        await PayAsync(api, effects, "tok_late", cancellationToken);
        var reconciliation = await api.StartAsync(new ReconciliationForm(), cancellationToken);
        var verified = await api.SeeAsync(reconciliation.Id, "VERIFIED", cancellationToken);

        Assert.Equal(("completed", "2", "2"), (verified.Status, verified.Data.Text("statementLines"), verified.Data.Text("ledgerEntries")));
        Assert.Equal(("0", "[]"), (verified.Data.Text("openLines"), verified.Data["open"]!.ToJsonString()));
        var history = await api.HistoryAsync(reconciliation.Id, cancellationToken);
        var recoveries = history.OfKind("recoveryTriggered");
        Assert.InRange(recoveries.Count, 1, 2);
        Assert.Equal(("1", "2000"), (recoveries[0].Text("attempt"), recoveries[0].Text("delayMs")));
        Assert.Equal(["PENDING", "MATCHING", "EXCEPTION_HANDLING", "MATCHING"], history.States().Take(4));
        Assert.Equal("VERIFIED", history.States()[^1]);
        await host.WaitForLineAsync(
            line => line.EndsWith(
                $"[INFO] Workflow {reconciliation.Key} state: EXCEPTION_HANDLING. Auto-recovery triggered with 2-second delay.",
                StringComparison.Ordinal),
            Eventually.Patience, cancellationToken);
        await StoredJournal.AssertChainAsync(database, reconciliation.Id, cancellationToken);
    }

    static async Task PayAsync(WorkflowApi api, Effects effects, string card, CancellationToken cancellationToken)
    {
        var payment = await api.StartAsync(new PaymentForm { CardToken = card }, cancellationToken);
        await Eventually.SeeAsync(token => effects.LedgerAsync(payment.Id, token), booked => booked is ["capture"], cancellationToken);
    }
}
