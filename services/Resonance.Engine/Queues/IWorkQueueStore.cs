using Resonance.Engine.Storage;

namespace Resonance.Engine.Queues;

/// <summary>Where work queues live. Two stores stand behind it, on Postgres and on SQLite; one conformance suite holds for both.</summary>
/// <remarks>
/// A queue that was never declared behaves as one with the settings of <see cref="WorkQueueSettings"/> as they are unless set. Times are
/// the store's. A store that cannot be reached surfaces as the driver's <see cref="System.Data.Common.DbException"/>.
/// </remarks>
public interface IWorkQueueStore
{
    /// <summary>Puts items into a queue, in their order; one transaction.</summary>
    /// <returns>One result an item, in order.</returns>
    Task<IReadOnlyList<SendResult>> SendAsync(string queue, IReadOnlyList<WorkItem> items, CancellationToken cancellationToken);

    /// <summary>Takes the items that are next, in their order. Receives of one queue take turns, so the order is exact.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="most">1 to <see cref="WorkQueueLimits.BatchMax"/>.</param>
    /// <param name="visibilityTimeout">
    /// How long they are invisible to others; null for what the queue says, <see cref="Timeout.InfiniteTimeSpan"/> until they are deleted.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting; what was received then stays invisible until its time-out.</param>
    Task<IReadOnlyList<ReceivedItem>> ReceiveAsync(
        string queue, int most, TimeSpan? visibilityTimeout, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the items that are next until they are deleted, and puts the message that each stands for into the outbox, in one transaction.
    /// </summary>
    /// <param name="queue">The queue.</param>
    /// <param name="most">1 to <see cref="WorkQueueLimits.BatchMax"/>.</param>
    /// <param name="compose">Makes the message of an item.</param>
    /// <param name="lease">How long the caller has to send the messages before a dispatcher does.</param>
    /// <param name="cancellationToken">Gives up waiting; a dispatcher then sends what was taken.</param>
    Task<IReadOnlyList<OutboxMessage>> AdmitAsync(
        string queue, int most, Func<ReceivedItem, OutboxMessage> compose, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Deletes items that were handled.</summary>
    /// <returns>One outcome a receipt, in order.</returns>
    Task<IReadOnlyList<ReceiptOutcome>> DeleteAsync(
        string queue, IReadOnlyList<WorkReceipt> receipts, CancellationToken cancellationToken);

    /// <summary>Has the visibility time-out of received items end in so much time from now; zero gives them back.</summary>
    /// <returns>One outcome a receipt, in order.</returns>
    Task<IReadOnlyList<ReceiptOutcome>> ChangeVisibilityAsync(
        string queue, IReadOnlyList<WorkReceipt> receipts, TimeSpan visibilityTimeout, CancellationToken cancellationToken);

    /// <summary>How long until a receive may find something that it does not find now: zero when it may at once, null when nothing is on its way.</summary>
    Task<TimeSpan?> NextVisibleAsync(string queue, CancellationToken cancellationToken);

    /// <summary>Deletes everything but dead letters, in flight or not.</summary>
    /// <returns>How many items.</returns>
    Task<long> PurgeAsync(string queue, QueueAuthor author, CancellationToken cancellationToken);

    /// <summary>Puts dead letters at the end of the queue, the oldest first, as if they were sent now and never received.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="items">Which ones; null for any.</param>
    /// <param name="most">1 to <see cref="WorkQueueLimits.BatchMax"/>.</param>
    /// <param name="author">Who asks, and why.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many items.</returns>
    Task<int> RedriveAsync(
        string queue, IReadOnlyCollection<Guid>? items, int most, QueueAuthor author, CancellationToken cancellationToken);

    /// <summary>Stores a queue with these settings, unless there is one of this name.</summary>
    Task DeclareAsync(string queue, WorkQueueSettings settings, CancellationToken cancellationToken);

    /// <summary>Stores new settings, which hold from the next receive on.</summary>
    /// <param name="queue">The queue; it is stored if there was none.</param>
    /// <param name="settings">Valid settings.</param>
    /// <param name="author">Who asks, and why.</param>
    /// <param name="expectedRevision">The revision that is changed; null for any.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null when the queue is at another revision.</returns>
    Task<StoredWorkQueue?> PutAsync(
        string queue, WorkQueueSettings settings, QueueAuthor author, long? expectedRevision, CancellationToken cancellationToken);

    /// <summary>Stops handing out items, or goes on; what is in flight stays so.</summary>
    /// <returns>False when there is no such queue, or it is so already.</returns>
    Task<bool> PauseAsync(string queue, bool pause, QueueAuthor author, CancellationToken cancellationToken);

    /// <summary>Every queue that is stored, by name.</summary>
    Task<IReadOnlyList<StoredWorkQueue>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One queue; null when it is not stored.</summary>
    Task<StoredWorkQueue?> FindAsync(string queue, CancellationToken cancellationToken);

    /// <summary>The last changes of a queue, the last one first.</summary>
    Task<IReadOnlyList<WorkQueueChange>> ChangesAsync(string queue, int most, CancellationToken cancellationToken);

    /// <summary>Counts a queue.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="topKeys">How many groups and limit keys are told, 0 to 100.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<WorkQueueFigures> CountAsync(string queue, int topKeys, CancellationToken cancellationToken);

    /// <summary>Where an item stands; null when it is not in the queue.</summary>
    Task<WorkItemPlace?> LocateAsync(string queue, Guid item, CancellationToken cancellationToken);

    /// <summary>Items in the order in which they were sent; they stay as they are.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="state">One of <see cref="WorkItemState"/>; null for all.</param>
    /// <param name="after">The sequence that the page before ended with; null for the first page.</param>
    /// <param name="most">1 to <see cref="WorkQueueLimits.BatchMax"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<IReadOnlyList<ListedWorkItem>> PeekAsync(
        string queue, string? state, long? after, int most, CancellationToken cancellationToken);
}

/// <summary>Who changes a queue.</summary>
/// <param name="By">The operator.</param>
/// <param name="Reason">Why.</param>
public sealed record QueueAuthor(string By, string Reason);
