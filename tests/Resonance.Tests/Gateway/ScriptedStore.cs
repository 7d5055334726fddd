using System.Data.Common;
using Resonance.Engine.Storage;

namespace Resonance.Tests.Gateway;

/// <summary>The part of a store that the gateway meets; anything else is not its business and fails.</summary>
sealed class ScriptedStore : IWorkflowStore
{
    /// <summary>What the next check throws; null when the store is well.</summary>
    public Exception? CheckFails { get; set; }

    /// <summary>What redriving throws; null when it works.</summary>
    public Exception? RedriveFails { get; set; }

    public HashSet<Guid> SetAside { get; } = [];

    /// <summary>What there is to load.</summary>
    public List<WorkflowRow> Instances { get; } = [];

    public string DatabaseName => "scripted";

    public Task CheckAsync(CancellationToken cancellationToken) =>
        CheckFails is null ? Task.CompletedTask : Task.FromException(CheckFails);

    public Task<bool> RedriveAsync(Guid messageId, CancellationToken cancellationToken) =>
        RedriveFails is null ? Task.FromResult(SetAside.Remove(messageId)) : Task.FromException<bool>(RedriveFails);

    public bool IsTransient(Exception exception) => exception is DbException { IsTransient: true };

    public Task MigrateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<Guid, string>> LastTraceParentsAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<Guid, string>>(new Dictionary<Guid, string>());

    public Task<IReadOnlyDictionary<Guid, WorkflowRow>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<Guid, WorkflowRow>>(Instances.Where(row => ids.Contains(row.Id)).ToDictionary(row => row.Id));

    public Task<IReadOnlyList<WorkflowRow>> ScanAsync(
        WorkflowScan which, (DateTimeOffset StartedAt, Guid Id)? after, int most, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<GroupResult> CommitAsync(StepGroup group, TimeSpan lease, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<int> RemoveJournalAsync(IReadOnlyList<(Guid WorkflowId, long Through)> archived, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<AcceptResult> AcceptAsync(AcceptedStart start, TimeSpan lease, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task EnqueueAsync(IReadOnlyList<OutboxMessage> messages, TimeSpan lease, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task CancelTimersAsync(IReadOnlyCollection<Guid> tokens, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<OutboxMessage>> ClaimDueAsync(int most, TimeSpan lease, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<TimeSpan?> NextDueAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CompleteAsync(IReadOnlyCollection<Guid> messageIds, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task PostponeAsync(Guid messageId, TimeSpan delay, string error, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task SetAsideAsync(Guid messageId, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ReleaseLeasesAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long> ReserveKeyNumbersAsync(string type, int count, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

/// <summary>The driver's exception, as far as anyone looks at it.</summary>
sealed class StoreException(string message, bool isTransient) : DbException(message)
{
    public override bool IsTransient { get; } = isTransient;
}
