using Microsoft.EntityFrameworkCore;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Answers questions about instances, their history and what waits or could not be delivered. Reads only.</summary>
/// <remarks>
/// A store that cannot be reached surfaces as the driver's exception, possibly inside an <see cref="InvalidOperationException"/>.
/// </remarks>
public sealed class WorkflowQueries
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

    /// <returns>Every step in order; none when there is no such instance, or when it has not been executed yet.</returns>
    public async Task<IReadOnlyList<HistoryStep>> HistoryAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        return await _history(context, id).ToListAsync(cancellationToken);
    }

    /// <returns>The timers that run for an instance, the next one first.</returns>
    public async Task<IReadOnlyList<PendingTimer>> TimersAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        return await _timers(context, id).ToListAsync(cancellationToken);
    }

    /// <summary>How many timers with a token have not left yet.</summary>
    public async Task<int> CountTimersAsync(Guid token, CancellationToken cancellationToken)
    {
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        return await context.Outbox.CountAsync(row => row.Token == token && row.SetAsideAt == null, cancellationToken);
    }

    /// <summary>Instances, the one that started last first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not from 1 to <see cref="WorkflowFilter.LimitMax"/>.</exception>
    public async Task<Page<WorkflowSummary>> ListAsync(WorkflowFilter filter, CancellationToken cancellationToken)
    {
        CheckLimit(filter.Limit);
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.Workflows.AsQueryable();
        if (filter.Type is { } type)
            rows = rows.Where(row => row.Type == type);
        if (filter.Status is { } status)
            rows = rows.Where(row => row.Status == status);
        if (filter.State is { } state)
        {
            var states = StatesNamed(filter.Type, state);
            var statuses = StatusesOf(filter.Type, states);
            rows = rows.Where(row => states.Contains(row.State));

            // Follows from the state, and has an index: it keeps the search for a rare state away from everything that has ended.
            rows = statuses is [var only] ? rows.Where(row => row.Status == only) : rows.Where(row => statuses.Contains(row.Status));
        }

        // The first comparison alone follows from the others; it is there because an index can use it.
        if (filter.After is var (time, id))
            rows = rows.Where(row => row.StartedAt <= time && (row.StartedAt < time || row.Id.CompareTo(id) < 0));

        var page = await rows
            .OrderByDescending(row => row.StartedAt).ThenByDescending(row => row.Id)
            .Take(filter.Limit + 1)
            .Select(row => new WorkflowSummary
            {
                Id = row.Id,
                Type = row.Type,
                Key = row.Key,
                State = row.State,
                Status = row.Status,
                Version = row.Version,
                Priority = row.Priority,
                StartedAt = row.StartedAt,
                UpdatedAt = row.UpdatedAt,
                FinishedAt = row.FinishedAt,
                TraceId = row.TraceId,
            })
            .ToListAsync(cancellationToken);
        return ToPage(page, filter.Limit, last => new PageCursor(last.StartedAt, last.Id));
    }

    /// <summary>Messages that were set aside in the store, the last one first.</summary>
    /// <param name="limit">1 to <see cref="WorkflowFilter.LimitMax"/>.</param>
    /// <param name="after">Where the page before ended; null for the first page.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of range.</exception>
    public async Task<Page<DeadLetter>> DeadLettersAsync(int limit, PageCursor? after, CancellationToken cancellationToken)
    {
        CheckLimit(limit);
        await using var context = await _contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.Outbox.Where(row => row.SetAsideAt != null);
        if (after is var (time, id))
            rows = rows.Where(row => row.SetAsideAt <= time && (row.SetAsideAt < time || row.MessageId.CompareTo(id) < 0));

        var page = await rows
            .OrderByDescending(row => row.SetAsideAt).ThenByDescending(row => row.MessageId)
            .Take(limit + 1)
            .Select(row => new DeadLetter
            {
                MessageId = row.MessageId,
                WorkflowId = row.WorkflowId,
                Timer = row.Timer,
                Destination = row.Destination,
                ContentType = row.ContentType,
                Attempts = row.Attempts,
                LastError = row.LastError,
                Reason = row.SetAsideReason ?? "",
                SetAsideAt = row.SetAsideAt!.Value,
                CreatedAt = row.CreatedAt,
            })
            .ToListAsync(cancellationToken);
        return ToPage(page, limit, last => new PageCursor(last.SetAsideAt, last.MessageId));
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

    static Page<TItem> ToPage<TItem>(List<TItem> found, int limit, Func<TItem, PageCursor> cursorOf)
    {
        if (found.Count <= limit)
            return new Page<TItem>(found, null);

        found.RemoveRange(limit, found.Count - limit);
        return new Page<TItem>(found, cursorOf(found[^1]));
    }

    static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, WorkflowFilter.LimitMax);
    }
}
