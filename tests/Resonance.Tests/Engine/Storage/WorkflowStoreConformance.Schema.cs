using System.Data.Common;
using MassTransit;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Engine.Storage;

// The schema, what it refuses, and the workers' tables beside it.
public abstract partial class WorkflowStoreConformance
{
    const string WorkerScripts = "Resonance.Tests.Engine.Storage.Scripts";

    [Theory]
    [InlineData("UPDATE journal SET event = 'forged'")]
    [InlineData("DELETE FROM journal")]
    public async Task The_journal_cannot_be_changed(string statement)
    {
        var instance = new SampleInstance();
        await StepAsync(instance);

        await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync(statement));

        await AssertChainAsync(instance.Id, 1);
    }

    [Fact]
    public async Task The_schema_is_missing_until_a_migration_that_many_processes_may_run_at_once()
    {
        var (first, second) = await OpenEmptyAsync();
        await Assert.ThrowsAsync<SchemaOutOfDateException>(() => first.CheckAsync(Cancelled));

        await Task.WhenAll(
            first.MigrateAsync(Cancelled), second.MigrateAsync(Cancelled), first.MigrateAsync(Cancelled), second.MigrateAsync(Cancelled));

        await first.CheckAsync(Cancelled);
        await second.CheckAsync(Cancelled);
        var step = new SampleInstance().Next();
        Assert.Equal(StepOutcome.Committed, Assert.Single(await first.CommitAsync([step], Lease, Cancelled)).Outcome);
        Assert.Single(await second.LoadAsync([step.Workflow.Id], Cancelled));
    }

    [Fact]
    public async Task Workers_keep_their_own_tables_beside_the_engines()
    {
        await Database.MigrateAsync(GetType().Assembly, WorkerScripts, Cancelled);
        await Database.MigrateAsync(GetType().Assembly, WorkerScripts, Cancelled);
        var sku = $"SKU-{NewId.NextGuid():N}";

        await ExecuteAsync("INSERT INTO stock (sku, quantity) VALUES (@sku, 5)", ("@sku", sku));
        await ExecuteAsync("UPDATE stock SET quantity = quantity - 2 WHERE sku = @sku", ("@sku", sku));

        Assert.Equal(3, Convert.ToInt32(await QueryAsync<object>("SELECT quantity FROM stock WHERE sku = @sku", ("@sku", sku)), null));
        await Store.CheckAsync(Cancelled);
    }

    [Fact]
    public async Task A_workers_transaction_that_fails_changes_nothing()
    {
        await Database.MigrateAsync(GetType().Assembly, WorkerScripts, Cancelled);
        var sku = $"SKU-{NewId.NextGuid():N}";

        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.TransactAsync<int>(
            async (connection, transaction, cancellationToken) =>
            {
                await using var command = Command(
                    connection, transaction, "INSERT INTO stock (sku, quantity) VALUES (@sku, 5)", [("@sku", sku)]);
                await command.ExecuteNonQueryAsync(cancellationToken);
                throw new InvalidOperationException("The card provider is away.");
            },
            Cancelled));

        Assert.Equal(0, await QueryAsync<long>("SELECT count(*) FROM stock WHERE sku = @sku", ("@sku", sku)));
    }

    [Fact]
    public async Task Workers_and_engine_write_at_once_without_getting_into_each_others_way()
    {
        await Database.MigrateAsync(GetType().Assembly, WorkerScripts, Cancelled);
        var sku = $"SKU-{NewId.NextGuid():N}";
        await ExecuteAsync("INSERT INTO stock (sku, quantity) VALUES (@sku, 0)", ("@sku", sku));

        await Task.WhenAll(Enumerable.Range(0, 40).Select<int, Task>(index => index % 2 == 0
            ? ExecuteAsync("UPDATE stock SET quantity = quantity + 1 WHERE sku = @sku", ("@sku", sku))
            : StepAsync(new SampleInstance(), SampleInstance.Message())));

        Assert.Equal(20, Convert.ToInt32(await QueryAsync<object>("SELECT quantity FROM stock WHERE sku = @sku", ("@sku", sku)), null));
        Assert.Equal(20, await CountOutboxAsync());
    }

    [Fact]
    public void Errors_that_waiting_does_not_mend_are_not_transient()
    {
        Assert.False(Store.IsTransient(new InvalidOperationException()));
        Assert.False(Store.IsTransient(new ObjectDisposedException("store")));
        Assert.True(Store.IsTransient(new InvalidOperationException("wrapped", new TimeoutException())));
    }
}
