using System.Data.Common;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Engine.Storage;

/// <summary>What every store must do; a class a store derives from it.</summary>
public abstract partial class WorkflowStoreConformance : IAsyncLifetime
{
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>With its schema up to date and its outbox empty.</summary>
    protected abstract IWorkflowStore Store { get; }

    /// <summary>On the same database.</summary>
    protected abstract IDatabase Database { get; }

    /// <summary>Lets time pass on the store's clock.</summary>
    protected abstract Task AdvanceAsync(TimeSpan time);

    /// <summary>The journal as it is stored, in order.</summary>
    protected abstract Task<IReadOnlyList<JournalRow>> ReadJournalAsync(Guid workflowId);

    /// <summary>Another store without a schema, and a second one on the same database.</summary>
    protected abstract Task<(IWorkflowStore First, IWorkflowStore Second)> OpenEmptyAsync();

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>As the application, on connections that it uses itself.</summary>
    protected Task<T> QueryAsync<T>(string sql, params (string Name, object Value)[] parameters) =>
        Database.TransactAsync(
            async (connection, transaction, cancellationToken) =>
            {
                await using var command = Command(connection, transaction, sql, parameters);
                return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
            },
            Cancelled);

    protected Task<int> ExecuteAsync(string sql, params (string Name, object Value)[] parameters) =>
        Database.TransactAsync(
            async (connection, transaction, cancellationToken) =>
            {
                await using var command = Command(connection, transaction, sql, parameters);
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            Cancelled);

    protected async Task<StepResult> CommitAsync(StepCommit step) => Assert.Single(await Store.CommitAsync([step], Lease, Cancelled));

    protected async Task<IReadOnlyList<StepOutcome>> CommitAsync(params StepCommit[] steps) =>
        [.. (await Store.CommitAsync(steps, Lease, Cancelled)).Select(result => result.Outcome)];

    /// <summary>Commits the instance's next step, which must succeed.</summary>
    private protected async Task<StepCommit> StepAsync(SampleInstance instance, params OutboxMessage[] messages)
    {
        var step = instance.Next(messages: messages);
        Assert.Equal(StepOutcome.Committed, (await CommitAsync(step)).Outcome);
        instance.Advance(step);
        return step;
    }

    protected async Task<WorkflowRow?> LoadAsync(Guid id) => (await Store.LoadAsync([id], Cancelled)).GetValueOrDefault(id);

    protected async Task<IReadOnlyList<Guid>> ClaimAsync(int most = 100) =>
        [.. (await Store.ClaimDueAsync(most, Lease, Cancelled)).Select(message => message.MessageId)];

    protected Task<long> CountOutboxAsync() => QueryAsync<long>("SELECT count(*) FROM outbox");

    static DbCommand Command(
        DbConnection connection, DbTransaction transaction, string sql, (string Name, object Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
