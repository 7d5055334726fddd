using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.Schedules;

/// <summary>Lists and changes the schedules of an installation. Engines follow within 5 s, the one of this process at once.</summary>
public sealed class ScheduleBook
{
    const int FiringsShown = 20;

    readonly ScheduleStore _store;
    readonly ScheduleRunner _runner;
    readonly ScheduleSignal _signal;
    readonly WorkflowCatalog _catalog;
    readonly TimeProvider _clock;

    internal ScheduleBook(ScheduleStore store, ScheduleRunner runner, ScheduleSignal signal, WorkflowCatalog catalog, TimeProvider clock)
    {
        _store = store;
        _runner = runner;
        _signal = signal;
        _catalog = catalog;
        _clock = clock;
    }

    /// <summary>Every schedule, by name.</summary>
    public Task<IReadOnlyList<Schedule>> ListAsync(CancellationToken cancellationToken) => _store.ListAsync(cancellationToken);

    /// <returns>The schedule; null when there is none of that name.</returns>
    public Task<Schedule?> FindAsync(string name, CancellationToken cancellationToken) => _store.FindAsync(name, cancellationToken);

    /// <summary>The last 20 firings, the last one first. Firings are kept for 90 days.</summary>
    public Task<IReadOnlyList<ScheduleFiring>> FiringsAsync(string name, CancellationToken cancellationToken) =>
        _store.FiringsAsync(name, FiringsShown, cancellationToken);

    /// <summary>The last 20 changes, the last one first; of a schedule that is deleted as well.</summary>
    public Task<IReadOnlyList<ScheduleChange>> ChangesAsync(string name, CancellationToken cancellationToken) =>
        _store.ChangesAsync(name, FiringsShown, cancellationToken);

    /// <summary>A page of what became of a schedule's due times.</summary>
    public Task<Page<ScheduleFiring>> ListFiringsAsync(ScheduleHistoryFilter filter, CancellationToken cancellationToken) =>
        _store.ListFiringsAsync(filter, cancellationToken);

    /// <summary>A page of who changed a schedule, and why; of one that is deleted as well.</summary>
    public Task<Page<ScheduleChange>> ListChangesAsync(ScheduleHistoryFilter filter, CancellationToken cancellationToken) =>
        _store.ListChangesAsync(filter, cancellationToken);

    /// <summary>The next times that a schedule comes due, before jitter.</summary>
    public IReadOnlyList<DateTimeOffset> NextTimes(Schedule schedule, int count)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        var calendar = ScheduleCalendar.Of(schedule.Definition);
        var first = schedule.Paused is null ? schedule.NextDueAt : calendar.After(_clock.GetUtcNow());
        return first is { } due ? [.. calendar.AllAfter(due).Prepend(due).Take(count)] : [];
    }

    /// <summary>When a schedule starts its next instance, jitter included; null while it is paused, or when it never comes due.</summary>
    public DateTimeOffset? NextStart(Schedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return schedule is { Paused: null, NextDueAt: { } due } ? ScheduleCalendar.Of(schedule.Definition).StartOf(due) : null;
    }

    /// <summary>Says everything that is wrong with a definition: what to change, by member in camelCase. Empty when all is well.</summary>
    public IReadOnlyDictionary<string, string[]> Check(ScheduleDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return ScheduleCheck.Check(definition, _catalog, _clock.GetUtcNow());
    }

    /// <summary>Creates or replaces a schedule. One that keeps its calendar keeps its next due time; one that is paused stays so.</summary>
    /// <exception cref="ArgumentException">The definition is wrong; see <see cref="Check"/>.</exception>
    public async Task<Schedule?> PutAsync(ScheduleDefinition definition, ScheduleAuthor author, CancellationToken cancellationToken)
    {
        if (Check(definition) is { Count: > 0 } errors)
            throw new ArgumentException(string.Join(' ', errors.SelectMany(field => field.Value)), nameof(definition));
        await _store.PutAsync(definition, ScheduleCalendar.Of(definition).After(_clock.GetUtcNow()), author, cancellationToken);
        return await ChangedAsync(definition.Name, cancellationToken);
    }

    /// <returns>False when there is no such schedule.</returns>
    public async Task<bool> DeleteAsync(string name, ScheduleAuthor author, CancellationToken cancellationToken)
    {
        var deleted = await _store.DeleteAsync(name, author, cancellationToken);
        _signal.Raise();
        return deleted;
    }

    /// <summary>Puts a schedule on hold: nothing comes due until it is resumed, and what came due meanwhile is not made up for.</summary>
    /// <returns>Null when there is no such schedule.</returns>
    public async Task<Schedule?> PauseAsync(string name, ScheduleAuthor author, CancellationToken cancellationToken)
    {
        await _store.PauseAsync(name, author, cancellationToken);
        return await ChangedAsync(name, cancellationToken);
    }

    /// <summary>Lets a schedule go on; one that is not on hold stays as it is.</summary>
    /// <returns>Null when there is no such schedule.</returns>
    public async Task<Schedule?> ResumeAsync(string name, ScheduleAuthor author, CancellationToken cancellationToken)
    {
        if (await _store.FindAsync(name, cancellationToken) is not { Paused: not null } paused)
            return await _store.FindAsync(name, cancellationToken);
        var next = ScheduleCalendar.Of(paused.Definition).After(_clock.GetUtcNow());
        await _store.ResumeAsync(name, next, author, cancellationToken);
        return await ChangedAsync(name, cancellationToken);
    }

    /// <summary>Has a schedule fire once, now, paused or not. What its policy says of overlaps holds for this firing as well.</summary>
    /// <returns>What became of it; null when there is no such schedule.</returns>
    /// <exception cref="InvalidOperationException">This build does not know the schedule's workflow.</exception>
    public async Task<ScheduleFiring?> TriggerAsync(string name, ScheduleAuthor author, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(author);
        while (await _store.FindAsync(name, cancellationToken) is { } schedule)
        {
            if (_catalog.Find(schedule.Definition.Workflow) is null)
                throw new InvalidOperationException($"This build has no workflow '{schedule.Definition.Workflow}'.");
            var due = await _runner.TriggerAsync(schedule, $"triggered by {author.Author}: {author.Reason}", cancellationToken);
            if (due is null)
                continue;

            await _store.NoteTriggerAsync(name, author, cancellationToken);
            _signal.Raise();
            var firings = await _store.FiringsAsync(name, FiringsShown, cancellationToken);
            return firings.FirstOrDefault(firing => firing.DueAt == due);
        }

        return null;
    }

    async Task<Schedule?> ChangedAsync(string name, CancellationToken cancellationToken)
    {
        _signal.Raise();
        return await _store.FindAsync(name, cancellationToken);
    }
}
