namespace Resonance.Engine.Storage;

/// <summary>Where instances, journal, messages and timers live. Two stores stand behind it; one conformance suite holds for both.</summary>
/// <remarks>
/// Unless a member says otherwise, a store that cannot be reached surfaces as the driver's <see cref="System.Data.Common.DbException"/>;
/// <see cref="IsTransient"/> tells whether waiting may help. After a failed <see cref="CommitAsync"/> it is unknown what was stored;
/// calling it again with the same steps is safe and answers as if the first call had.
/// </remarks>
public interface IWorkflowStore
{
    /// <summary>OpenTelemetry's name of the database, e.g. <c>postgresql</c>: the attribute <c>db.system.name</c>.</summary>
    string DatabaseName { get; }

    /// <summary>Brings the schema up to date; any number of processes may call it at once.</summary>
    Task MigrateAsync(CancellationToken cancellationToken);

    /// <summary>Answers when the store can be reached and its schema is the one that this build expects.</summary>
    /// <exception cref="SchemaOutOfDateException">The schema is missing or too old.</exception>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>The instances that exist, in one query; ids that do not are left out.</summary>
    Task<IReadOnlyDictionary<Guid, WorkflowRow>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>The W3C <c>traceparent</c> of the last step of instances, in one query; instances without one are left out.</summary>
    Task<IReadOnlyDictionary<Guid, string>> LastTraceParentsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);

    /// <summary>Instances in the order in which they were started.</summary>
    /// <param name="which">The instances that are asked for.</param>
    /// <param name="after">Where the page before ended; null for the first page.</param>
    /// <param name="most">1 to 1,000.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    Task<IReadOnlyList<WorkflowRow>> ScanAsync(
        WorkflowScan which, (DateTimeOffset StartedAt, Guid Id)? after, int most, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a group of steps in one transaction with a fixed number of statements; every step stands alone, so that one that cannot
    /// be stored takes no other down.
    /// </summary>
    /// <param name="group">The steps, and the notice that tells of them.</param>
    /// <param name="lease">How long the caller has to send the messages that leave at once, before a dispatcher does.</param>
    /// <param name="cancellationToken">Gives up waiting; what was stored is then unknown.</param>
    /// <returns>One result a step, in order. A step that was stored by an earlier, unanswered call is <c>Committed</c>.</returns>
    /// <exception cref="ArgumentException">There are no steps, more than 1,000, or two of one instance.</exception>
    Task<GroupResult> CommitAsync(StepGroup group, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Stores a start and its message before anything is executed.</summary>
    Task<AcceptResult> AcceptAsync(AcceptedStart start, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Stores messages that belong to no step. A message id that is already stored is left as it is.</summary>
    Task EnqueueAsync(IReadOnlyList<OutboxMessage> messages, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Removes timers by token; one that already left is no error.</summary>
    Task CancelTimersAsync(IReadOnlyCollection<Guid> tokens, CancellationToken cancellationToken);

    /// <summary>Takes messages that are due and not leased, oldest first; they are leased to the caller.</summary>
    Task<IReadOnlyList<OutboxMessage>> ClaimDueAsync(int most, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>How long until the next message may be claimed, on the store's clock: zero when one is overdue, null when there is none.</summary>
    Task<TimeSpan?> NextDueAsync(CancellationToken cancellationToken);

    /// <summary>Removes messages that have arrived.</summary>
    Task CompleteAsync(IReadOnlyCollection<Guid> messageIds, CancellationToken cancellationToken);

    /// <summary>Gives a message back that could not be sent; it may be claimed again after the delay, its attempts counted one up.</summary>
    Task PostponeAsync(Guid messageId, TimeSpan delay, string error, CancellationToken cancellationToken);

    /// <summary>Keeps a message out of delivery, with the reason, until it is redriven.</summary>
    Task SetAsideAsync(Guid messageId, string reason, CancellationToken cancellationToken);

    /// <summary>Puts a message that was set aside back into delivery.</summary>
    /// <returns>False when there is no such message.</returns>
    Task<bool> RedriveAsync(Guid messageId, CancellationToken cancellationToken);

    /// <summary>Ends every lease: for a store that only one process uses, when that process starts.</summary>
    Task ReleaseLeasesAsync(CancellationToken cancellationToken);

    /// <summary>Reserves numbers for generated keys of a type; no number is ever given twice.</summary>
    /// <returns>The first of <paramref name="count"/> numbers.</returns>
    Task<long> ReserveKeyNumbersAsync(string type, int count, CancellationToken cancellationToken);

    /// <summary>
    /// Removes journal rows that stand in an archive. The instances stay: a late or repeated message gets an honest answer, and a step
    /// that may still come goes on with the chain. On Postgres the connecting user must own the schema.
    /// </summary>
    /// <param name="archived">Instances with the last sequence of each that is removed; at most 1,000.</param>
    /// <param name="cancellationToken">Gives up waiting; doing it again is safe.</param>
    /// <returns>Rows that were removed.</returns>
    Task<int> RemoveJournalAsync(IReadOnlyList<(Guid WorkflowId, long Through)> archived, CancellationToken cancellationToken);

    /// <summary>Whether trying again later may help: the server is away, a connection broke, a lock or serialisation was lost.</summary>
    bool IsTransient(Exception exception);
}

/// <summary>Which instances to look at; null means any.</summary>
/// <param name="Status">One of <see cref="Definitions.WorkflowStatus"/>.</param>
public sealed record WorkflowScan(string Status)
{
    /// <summary>The workflow's type.</summary>
    public string? Type { get; init; }

    /// <summary>Only those whose last step was taken by another definition than the one with this hash.</summary>
    public string? OtherThanHash { get; init; }

    /// <summary>Only those whose last step was taken before.</summary>
    public DateTimeOffset? UnchangedSince { get; init; }

    /// <summary>Only those that have neither a message nor a timer in the outbox.</summary>
    public bool NothingUnderWay { get; init; }
}

/// <summary>The schema is missing or older than this build needs.</summary>
public sealed class SchemaOutOfDateException(string message) : Exception(message);
