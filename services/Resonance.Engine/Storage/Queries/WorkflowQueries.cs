using Microsoft.EntityFrameworkCore;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Answers questions about instances, their history and what waits or could not be delivered. Reads only.</summary>
/// <remarks>
/// A store that cannot be reached surfaces as the driver's exception, possibly inside an <see cref="InvalidOperationException"/>.
/// </remarks>
public sealed partial class WorkflowQueries
{
    readonly IDbContextFactory<ReadContext> _contexts;
    readonly WorkflowCatalog _catalog;

    // A compiled query belongs to one model, and each provider has its own: not static.
    readonly Func<ReadContext, Guid, CancellationToken, Task<WorkflowRow?>> _get = EF.CompileAsyncQuery(
        (ReadContext context, Guid id, CancellationToken cancellationToken) => context.Workflows.FirstOrDefault(row => row.Id == id));

    readonly Func<ReadContext, Guid, IAsyncEnumerable<PendingTimer>> _timers = EF.CompileAsyncQuery(
        (ReadContext context, Guid id) => context.Outbox
            .Where(row => row.WorkflowId == id && row.Timer != null && row.SetAsideAt == null)
            .OrderBy(row => row.DueAt).ThenBy(row => row.MessageId)
            .Select(row => new PendingTimer(row.Timer!, row.DueAt) { Token = row.Token }));

    readonly Func<ReadContext, Guid, IAsyncEnumerable<HistoryStep>> _history = EF.CompileAsyncQuery(
        (ReadContext context, Guid id) => context.Journal
            .Where(row => row.WorkflowId == id)
            .OrderBy(row => row.Sequence)
            .Select(row => new HistoryStep
            {
                Sequence = row.Sequence,
                MessageId = row.MessageId,
                OccurredAt = row.OccurredAt,
                Event = row.Event,
                From = row.From,
                To = row.To,
                Entries = row.Entries,
                TraceParent = row.TraceParent,
                Hash = row.Hash,
            }));

    internal WorkflowQueries(IDbContextFactory<ReadContext> contexts, WorkflowCatalog catalog)
    {
        _contexts = contexts;
        _catalog = catalog;
    }

    /// <returns>The instance; null when there is none.</returns>
    public async Task<WorkflowRow?> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        return await _get(context, id, cancellationToken);
    }

    /// <returns>The instances of these ids that there are, in no order.</returns>
    public async Task<IReadOnlyList<WorkflowRow>> GetAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        return await context.Workflows.Where(row => ids.Contains(row.Id)).ToListAsync(cancellationToken);
    }

    /// <returns>Every step in order; none when there is no such instance, or when it has not been executed yet.</returns>
    public async Task<IReadOnlyList<HistoryStep>> HistoryAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        return await _history(context, id).ToListAsync(cancellationToken);
    }

    /// <summary>Journal rows of an instance as they are stored, by sequence.</summary>
    /// <param name="id">The instance.</param>
    /// <param name="after">The sequence of the row before; 0 for the first page.</param>
    /// <param name="limit">1 to <see cref="WorkflowFilter.LimitMax"/>.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <returns>The rows, and the sequence after which the next page begins; null on the last one.</returns>
    public async Task<(IReadOnlyList<JournalRow> Rows, long? Next)> JournalAsync(
        Guid id, long after, int limit, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        var rows = await context.Journal
            .Where(row => row.WorkflowId == id && row.Sequence > after).OrderBy(row => row.Sequence).Take(limit + 1).ToListAsync(cancellationToken);
        return rows.Count <= limit ? (rows, null) : (rows[..limit], rows[limit - 1].Sequence);
    }

    /// <returns>The timers that run for an instance, the next one first.</returns>
    public async Task<IReadOnlyList<PendingTimer>> TimersAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        return await _timers(context, id).ToListAsync(cancellationToken);
    }

    /// <summary>Whether an instance has taken a message, or will.</summary>
    public async Task<bool> KnowsMessageAsync(Guid id, Guid messageId, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);

        // The outbox first: a message that is taken in between stands in the journal before its row goes.
        return await context.Outbox.AnyAsync(row => row.MessageId == messageId, cancellationToken)
            || await context.Journal.AnyAsync(row => row.WorkflowId == id && row.MessageId == messageId, cancellationToken);
    }

    /// <summary>How many timers with a token have not left yet.</summary>
    public async Task<int> CountTimersAsync(Guid token, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        return await context.Outbox.CountAsync(row => row.Token == token && row.SetAsideAt == null, cancellationToken);
    }

    /// <summary>The states that a text means, as in code; several when states of different spelling look the same on screen.</summary>
    /// <param name="type">Looks among this workflow's states only; null for all workflows.</param>
    /// <param name="state">As in code or as on screen; case does not matter.</param>
    /// <returns>None when no known workflow has such a state.</returns>
    public IReadOnlyList<string> StatesNamed(string? type, string state) =>
    [
        .. _catalog.All
            .Where(workflow => type is null || workflow.Type == type)
            .SelectMany(workflow => workflow.States)
            .Where(known => known.Equals(state, StringComparison.OrdinalIgnoreCase)
                || StateNames.ToScreen(known).Equals(state, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.Ordinal),
    ];

    string[] StatusesOf(string? type, IReadOnlyList<string> states) =>
    [
        .. _catalog.All
            .Where(workflow => type is null || workflow.Type == type)
            .SelectMany(workflow => workflow.States.Intersect(states, StringComparer.Ordinal).Select(workflow.StatusIn))
            .Distinct(StringComparer.Ordinal),
    ];
}
