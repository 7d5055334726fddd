using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Payments;
using Resonance.Engine.Operations;
using Resonance.Engine.Storage;
using Resonance.Tests.Support;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Engine.Operations;

/// <summary>A build says which instances of an older one it could not go on with.</summary>
public sealed class UpgradeCheckTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instances_of_the_build_itself_can_go_on()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        await SuspendAsync(harness);

        Assert.Empty(await FindAsync(harness));
    }

    [Fact]
    public async Task An_instance_of_another_build_that_can_go_on_is_no_reason()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        await SuspendAsync(harness);
        await ExecuteAsync(harness, "UPDATE workflow SET definition_hash = 'older'");

        Assert.Empty(await FindAsync(harness));
    }

    [Theory]
    [InlineData("UPDATE workflow SET state = 'CheckedTwice'", "CHECKED_TWICE", "there is no state CHECKED_TWICE")]
    [InlineData(
        "UPDATE workflow SET data = json_set(data, '$.\"$engine\".suspension.state', 'CheckedTwice')", "SUSPENDED",
        "there is no state CHECKED_TWICE to go back to")]
    [InlineData(
        "UPDATE workflow SET data = json_set(data, '$.\"$engine\".suspension.activity', 'CheckTwice')", "SUSPENDED",
        "there is no activity CheckTwice")]
    [InlineData(
        """
        UPDATE workflow SET data = json_set(data, '$."$engine".activities',
            json('[{"name":"CaptureCard","idempotencyKey":"k","attempt":1,"state":"ValidateCard"}]'))
        """,
        "SUSPENDED", "VALIDATE_CARD does not accept CaptureCard.Completed, which it waits for")]
    [InlineData("UPDATE workflow SET data = json_set(data, '$.amount', 'much')", "SUSPENDED", "its data cannot be read at $.amount")]
    public async Task What_would_strand_instances_is_told_with_how_many(string change, string state, string why)
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var first = await SuspendAsync(harness);
        await SuspendAsync(harness);
        await ExecuteAsync(harness, "UPDATE workflow SET definition_hash = 'older'");
        await ExecuteAsync(harness, change);

        var stranded = Assert.Single(await FindAsync(harness));

        Assert.Equal(("payment", state, 2, why), (stranded.Type, stranded.State, stranded.Count, stranded.Why));
        Assert.Equal(first, stranded.Example);
        Assert.Contains($"- 2 of workflow 'payment' in {state} (e.g. {first}): {why}.", new WorkflowUpgradeException([stranded]).Message);
    }

    [Fact]
    public async Task A_process_that_runs_the_workflow_does_not_start()
    {
        using var folder = new TemporaryFolder();
        var database = Path.Combine(folder.Path, "store.db");
        await using (var harness = await WorkflowHarness.StartAsync(file: database))
        {
            await SuspendAsync(harness);
            await ExecuteAsync(harness, "UPDATE workflow SET definition_hash = 'older', state = 'CheckedTwice'");
        }

        var refused = await Assert.ThrowsAsync<WorkflowUpgradeException>(
            () => WorkflowHarness.StartAsync(file: database));

        Assert.Equal("CHECKED_TWICE", Assert.Single(refused.Stranded).State);
    }

    static Task<IReadOnlyList<StrandedGroup>> FindAsync(WorkflowHarness harness) =>
        harness.Services.GetRequiredService<UpgradeCheck>().FindAsync(null, Cancellation);

    /// <returns>The key of a payment that waits for a person, with an activity in its suspension.</returns>
    static async Task<string> SuspendAsync(WorkflowHarness harness)
    {
        var start = new StartPayment { PaymentId = NewId.NextGuid(), Reference = "r", Amount = 10, Currency = "EUR", CardToken = "tok_review" };
        var started = await harness.Client.StartAsync(PaymentWorkflow.Type, start, Cancellation);
        await harness.UntilStateAsync(start.PaymentId, "Suspended");
        return started.Key;
    }

    static Task<int> ExecuteAsync(WorkflowHarness harness, string sql) => harness.Services.GetRequiredService<IDatabase>().TransactAsync(
        async (connection, transaction, cancellationToken) =>
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        Cancellation);
}
