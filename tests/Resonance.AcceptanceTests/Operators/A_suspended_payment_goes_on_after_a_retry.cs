using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Operators;

public sealed class A_suspended_payment_goes_on_after_a_retry(Servers servers)
{
    [Fact]
    public async Task Once_the_workers_that_did_not_answer_are_back()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        var settings = HostSettings.OnServers(database, broker)
            .With("Workflows__CardProvider", "00:00:00.3")
            .With("Workflows__CardRetry", "00:00:00.1");
        await using var engine = await HostProcess.StartAsync(settings.With("Resonance__Roles", "engine,audit,gateway"), cancellationToken);
        var api = new WorkflowApi(engine.Client);

        var payment = await api.StartAsync(new PaymentForm(), cancellationToken);
        var suspended = await api.SeeAsync(payment.Id, "SUSPENDED", cancellationToken, TimeSpan.FromSeconds(90));
        Assert.Equal("AssessCard failed 5 times: no answer within 0.3 s", Assert.Single(suspended.WaitingFor).What);

        await using var workers = await HostProcess.StartAsync(settings.With("Resonance__Roles", "workers"), cancellationToken);
        await RetryUntilCompletedAsync(api, payment.Id, cancellationToken);

        // What the workers find in their queue are six commands with one key: the provider did it once.
        var operations = await new Effects(database).CardOperationsAsync(payment.Id, cancellationToken);
        Assert.Equal(["assess", "capture"], operations.Select(operation => operation.Operation));
        var history = await api.HistoryAsync(payment.Id, cancellationToken);
        Assert.Equal("retry", history.OfKind("operatorAction")[0].Text("action"));
        Assert.Equal("retry", history.OfKind("recovered")[0].Text("how"));
        await StoredJournal.AssertChainAsync(database, payment.Id, cancellationToken);
    }

    // On a loaded machine five times 0.3 s may pass once more before the workers answer; then the operator asks once more.
    static Task<SeenWorkflow?> RetryUntilCompletedAsync(WorkflowApi api, Guid id, CancellationToken cancellationToken) =>
        Eventually.SeeAsync(
            async token =>
            {
                var workflow = await api.FindAsync(id, token);
                if (workflow is { State: "SUSPENDED" })
                    (await api.AskAsync(id, "retry", "the workers are back", token)).Dispose();
                return workflow;
            },
            workflow => workflow is { State: "COMPLETED" },
            cancellationToken,
            TimeSpan.FromSeconds(90));
}
