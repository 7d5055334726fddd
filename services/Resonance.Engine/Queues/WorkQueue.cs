using Resonance.Engine.Storage;

namespace Resonance.Engine.Queues;

/// <summary>A queue of work: send, receive, delete. Calls that are made at the same moment share a transaction.</summary>
/// <remarks>
/// Every item is handed out at least once: one that is not deleted before its visibility time-out ends is handed out again. See
/// docs/queues.md for what holds and what does not.
/// </remarks>
public sealed class WorkQueue
{
    /// <summary>Longest wait of a receive: 20 s.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(20);

    readonly IWorkQueueStore _store;
    readonly WorkSignals _signals;
    readonly TimeProvider _time;
    readonly SharedCalls<WorkItem, SendResult> _sending;
    readonly SharedCalls<WorkReceipt, ReceiptOutcome> _deleting;
    readonly GroupRunner<Receive> _receiving;

    internal WorkQueue(string name, IWorkQueueStore store, WorkSignals signals, TimeProvider time)
    {
        WorkItemCheck.Name(name);
        Name = name;
        _store = store;
        _signals = signals;
        _time = time;
        _sending = new SharedCalls<WorkItem, SendResult>(items => _store.SendAsync(Name, items, CancellationToken.None));
        _deleting = new SharedCalls<WorkReceipt, ReceiptOutcome>(receipts => _store.DeleteAsync(Name, receipts, CancellationToken.None));
        _receiving = new GroupRunner<Receive>(WorkQueueLimits.BatchMax, ReceiveTogetherAsync);
    }

    /// <summary>The queue's name.</summary>
    public string Name { get; }

    /// <summary>Puts one item into the queue; it is durable when this returns.</summary>
    public async Task<SendResult> SendAsync(WorkItem item, CancellationToken cancellationToken = default) =>
        (await SendAsync([item], cancellationToken))[0];

    /// <summary>Puts items into the queue, in their order.</summary>
    /// <param name="items">1 to <see cref="WorkQueueLimits.BatchMax"/>.</param>
    /// <param name="cancellationToken">Stops waiting; whether the items were stored is then unknown, and sending them again is safe.</param>
    /// <returns>One result an item, in order.</returns>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An item is out of its ranges; nothing was stored.</exception>
    public Task<IReadOnlyList<SendResult>> SendAsync(IReadOnlyList<WorkItem> items, CancellationToken cancellationToken = default)
    {
        // Seen before they meet those of others, who must not suffer for them.
        WorkItemCheck.Rows(Name, items);
        return _sending.RunAsync(items, cancellationToken);
    }

    /// <summary>Takes the items that are next, in their order.</summary>
    /// <param name="most">1 to <see cref="WorkQueueLimits.BatchMax"/>.</param>
    /// <param name="wait">How long to wait when there is none: zero to <see cref="WaitMax"/>. Whoever waits is told, and does not ask again and again.</param>
    /// <param name="visibilityTimeout">How long they are invisible to others; null for what the queue says.</param>
    /// <param name="cancellationToken">Stops waiting; what was received by then becomes visible again after its time-out.</param>
    public async Task<IReadOnlyList<ReceivedItem>> ReceiveAsync(
        int most = 10, TimeSpan wait = default, TimeSpan? visibilityTimeout = null, CancellationToken cancellationToken = default)
    {
        WorkItemCheck.Batch(most, nameof(most));
        if (wait < TimeSpan.Zero || wait > WaitMax)
            throw new ArgumentOutOfRangeException(nameof(wait), wait, $"A receive waits zero to {WaitMax.TotalSeconds:0} seconds.");

        var until = _time.GetUtcNow() + wait;
        while (true)
        {
            var told = wait > TimeSpan.Zero ? _signals.ListenAsync(Name) : Task.CompletedTask;
            var received = await ReceiveNowAsync(most, visibilityTimeout, cancellationToken);
            var left = until - _time.GetUtcNow();
            if (received.Count > 0 || left <= TimeSpan.Zero)
                return received;

            await AwaitAsync(told, left, cancellationToken);
        }
    }

    /// <summary>Deletes an item that was handled.</summary>
    public async Task<ReceiptOutcome> DeleteAsync(WorkReceipt receipt, CancellationToken cancellationToken = default) =>
        (await DeleteAsync([receipt], cancellationToken))[0];

    /// <summary>Deletes items that were handled.</summary>
    /// <param name="receipts">1 to <see cref="WorkQueueLimits.BatchMax"/>.</param>
    /// <param name="cancellationToken">Stops waiting; deleting them again is safe.</param>
    /// <returns>One outcome a receipt, in order.</returns>
    public Task<IReadOnlyList<ReceiptOutcome>> DeleteAsync(
        IReadOnlyList<WorkReceipt> receipts, CancellationToken cancellationToken = default)
    {
        WorkItemCheck.Batch(receipts.Count, nameof(receipts));
        return _deleting.RunAsync(receipts, cancellationToken);
    }

    /// <summary>Has the visibility time-out of a received item end in so much time from now; zero gives the item back.</summary>
    public async Task<ReceiptOutcome> ChangeVisibilityAsync(
        WorkReceipt receipt, TimeSpan visibilityTimeout, CancellationToken cancellationToken = default) =>
        (await _store.ChangeVisibilityAsync(Name, [receipt], visibilityTimeout, cancellationToken))[0];

    async Task AwaitAsync(Task told, TimeSpan left, CancellationToken cancellationToken)
    {
        var next = await _store.NextVisibleAsync(Name, cancellationToken);
        var rest = next < left ? next.Value : left;
        if (rest <= TimeSpan.Zero)
            return;

        // Timers are coarse: one that fires too early only looks once more.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timer = Task.Delay(rest < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : rest, _time, enough.Token);
        await Task.WhenAny(told, timer);
        await enough.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    async Task<IReadOnlyList<ReceivedItem>> ReceiveNowAsync(int most, TimeSpan? visibilityTimeout, CancellationToken cancellationToken)
    {
        var receive = new Receive(most, visibilityTimeout);
        _receiving.Add(receive);
        return await receive.Answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Receives for many at once and shares out what there is, first come first served.</summary>
    async Task ReceiveTogetherAsync(List<Receive> group)
    {
        foreach (var alike in group.GroupBy(receive => receive.VisibilityTimeout))
        {
            var waiting = new Queue<Receive>(alike);
            try
            {
                while (waiting.Count > 0)
                {
                    var most = Math.Min(WorkQueueLimits.BatchMax, waiting.Sum(receive => receive.Most));
                    var items = await _store.ReceiveAsync(Name, most, alike.Key, CancellationToken.None);
                    var shared = 0;
                    do
                    {
                        var receive = waiting.Dequeue();
                        var share = items.Skip(shared).Take(receive.Most).ToArray();
                        shared += share.Length;
                        receive.Answer.TrySetResult(share);
                    }
                    while (waiting.Count > 0 && (shared < items.Count || items.Count < most));
                }
            }
            catch (Exception exception)
            {
                foreach (var receive in waiting)
                    receive.Answer.TrySetException(exception);
            }
        }
    }

    sealed record Receive(int Most, TimeSpan? VisibilityTimeout)
    {
        public TaskCompletionSource<IReadOnlyList<ReceivedItem>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
