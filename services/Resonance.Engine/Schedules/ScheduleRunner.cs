using Microsoft.Extensions.Logging;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Schedules;

/// <summary>See <see cref="WorkflowClient.StartAsync"/>.</summary>
delegate Task<StartResult> StartScheduled(string type, object start, CancellationToken cancellationToken);

/// <summary>Fires what is due. Any number of engines may do it at once over one store: each due time starts one instance.</summary>
/// <remarks>
/// An instance is started first, under an id that follows from the schedule's name and the due time, and what became of it is recorded
/// afterwards: a process that dies between the two leaves a firing that the next one repeats, which starts nothing. Where one instance
/// may not run beside another, a firing takes the one place in the queue before its instance is started, and only what has that place is
/// started: engines that saw the schedule at different moments never start two.
/// </remarks>
sealed class ScheduleRunner(
    ScheduleStore schedules, IWorkflowStore workflows, WorkflowCatalog catalog, StartScheduled start, TimeProvider clock,
    ILogger<ScheduleRunner> log)
{
    /// <summary>How late a firing may be and still be on time, whatever the catch-up window.</summary>
    static readonly TimeSpan OnTime = TimeSpan.FromSeconds(10);

    /// <summary>How often a running instance is looked at when a firing waits for its end.</summary>
    static readonly TimeSpan QueueInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long a schedule that failed is let alone.</summary>
    static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    const int MostCounted = 10_000;

    /// <summary>Takes every schedule one firing further, if it is due.</summary>
    /// <returns>When to look again; null when nothing comes due.</returns>
    public async Task<DateTimeOffset?> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? again = null;
        foreach (var schedule in await schedules.ListAsync(cancellationToken))
        {
            var next = await TryRunAsync(schedule, cancellationToken);
            again = next is null || again < next ? again : next;
        }

        return again;
    }

    /// <summary>Starts what waits in a schedule's queue, if nothing holds it back.</summary>
    public async Task RunAsync(string name, CancellationToken cancellationToken)
    {
        if (await schedules.FindAsync(name, cancellationToken) is { } schedule)
            await RunAsync(schedule, cancellationToken);
    }

    /// <summary>Has a schedule fire out of turn.</summary>
    /// <returns>The due time under which it is recorded; null when the schedule changed meanwhile.</returns>
    public async Task<DateTimeOffset?> TriggerAsync(Schedule schedule, string reason, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));

        // Whole seconds belong to the calendar.
        if (due.Ticks % TimeSpan.TicksPerSecond == 0)
            due = due.AddMicroseconds(1);

        if (schedule.Definition.Overlap == OverlapPolicy.Allow)
        {
            var firing = await StartAsync(schedule, due, cancellationToken);
            await schedules.RecordAsync(schedule, firing with { Reason = firing.Reason ?? reason }, cancellationToken);
            return due;
        }

        var skips = schedule.Definition.Overlap == OverlapPolicy.Skip;
        if (schedule.QueuedDueAt is not null || (skips && await RunsAsync(schedule, cancellationToken)))
        {
            await schedules.RecordAsync(schedule, Skipped(schedule, due), cancellationToken);
            return due;
        }

        // By way of the queue, so that it does not race what comes due by the calendar.
        if (!await schedules.QueueAsync(schedule, new Firing(due, FiringOutcome.Queued, null, reason), cancellationToken))
            return null;
        await RunAsync(schedule.Definition.Name, cancellationToken);
        return due;
    }

    async Task<DateTimeOffset?> TryRunAsync(Schedule schedule, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(schedule, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // One schedule that cannot go on holds up no other; its due time stays where it is.
            ScheduleLog.NotRun(log, schedule.Definition.Name, exception.Message);
            return clock.GetUtcNow() + AfterFailure;
        }
    }

    async Task<DateTimeOffset?> RunAsync(Schedule schedule, CancellationToken cancellationToken)
    {
        // Another release of the engine knows it, and runs it.
        if (catalog.Find(schedule.Definition.Workflow) is null)
            return null;

        var now = clock.GetUtcNow();
        var calendar = ScheduleCalendar.Of(schedule.Definition);
        var due = schedule.Paused is null ? schedule.NextDueAt : null;
        if (due is { } passed && calendar.StartOf(passed) <= now)
        {
            await FireAsync(schedule, calendar, passed, now, cancellationToken);
            return now;
        }

        DateTimeOffset? starts = due is { } coming ? calendar.StartOf(coming) : null;
        if (schedule.QueuedDueAt is not { } queued)
            return starts;
        if (!await RunsAsync(schedule, cancellationToken) || await ExistsAsync(schedule, queued, cancellationToken))
            return await FireQueuedAsync(schedule, queued, cancellationToken) ? now : starts;
        return starts < now + QueueInterval ? starts : now + QueueInterval;
    }

    async Task FireAsync(
        Schedule schedule, ScheduleCalendar calendar, DateTimeOffset due, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var window = schedule.Definition.CatchUp > OnTime ? schedule.Definition.CatchUp : OnTime;
        var oldest = now - window - schedule.Definition.Jitter;
        if (due < oldest)
        {
            var first = calendar.From(oldest);
            var firing = new Firing(due, FiringOutcome.Missed, null, Missed(calendar, due, first, window));
            if (await schedules.MoveOnAsync(schedule, firing, first, cancellationToken))
                ScheduleLog.Missed(log, schedule.Definition.Name, firing.Reason!);
            return;
        }

        if (schedule.Definition.Overlap == OverlapPolicy.Allow)
        {
            var started = await StartAsync(schedule, due, cancellationToken);
            if (await schedules.MoveOnAsync(schedule, started, calendar.After(due), cancellationToken))
                ScheduleLog.Fired(log, schedule.Definition.Name, due, started.Outcome, started.Reason ?? "");
            else if (started.Outcome == FiringOutcome.Started)
                await schedules.RecordAsync(schedule, started, cancellationToken);
            return;
        }

        var busy = await IsBusyAsync(schedule, cancellationToken);
        var decided = !busy ? new Firing(due, FiringOutcome.Queued, null, null)
            : schedule.Definition.Overlap == OverlapPolicy.QueueOne && schedule.QueuedDueAt is null
            ? new Firing(due, FiringOutcome.Queued, null, "the instance before still runs")
            : Skipped(schedule, due);
        if (!await schedules.MoveOnAsync(schedule, decided, calendar.After(due), cancellationToken))
            return;
        if (busy)
            ScheduleLog.Fired(log, schedule.Definition.Name, due, decided.Outcome, decided.Reason ?? "");

        // Only what has the place in the queue is started, so nobody starts another one beside it, however long this takes.
        else if (await schedules.FindAsync(schedule.Definition.Name, cancellationToken) is { } moved && moved.QueuedDueAt == due)
            await FireQueuedAsync(moved, due, cancellationToken);
    }

    /// <returns>False when somebody else was faster.</returns>
    async Task<bool> FireQueuedAsync(Schedule schedule, DateTimeOffset queued, CancellationToken cancellationToken)
    {
        // The reason stays as it was recorded when it was queued.
        var firing = await StartAsync(schedule, queued, cancellationToken);
        var ended = await schedules.EndQueueAsync(schedule, firing, cancellationToken);
        if (ended)
            ScheduleLog.Fired(log, schedule.Definition.Name, queued, firing.Outcome, firing.Reason ?? "");
        else if (firing.Outcome == FiringOutcome.Started)
            await schedules.RecordAsync(schedule, firing, cancellationToken);
        return ended;
    }

    async Task<Firing> StartAsync(Schedule schedule, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var definition = schedule.Definition;
        var values = FiringValues.Of(definition.Name, ScheduleCalendar.Of(definition), due);
        var read = ContractReader.Read(catalog.Find(definition.Workflow)!.StartContract, StartTemplate.Fill(definition.Start, values));
        if (read.Message is null)
        {
            // It was valid when it was put: the contract is another one by now.
            var errors = string.Join(' ', read.Errors.SelectMany(field => field.Value));
            return Refused(due, $"the start message does not fit the contract any more: {errors}");
        }

        var result = await start(definition.Workflow, read.Message, cancellationToken);
        return result.Outcome switch
        {
            StartOutcome.KeyTaken => Refused(due, $"another instance has the key '{result.Key}'"),
            StartOutcome.IdTaken => Refused(due, $"{result.Key}, an instance of another workflow, has the id {result.Id}"),
            _ => new Firing(due, FiringOutcome.Started, result.Id, null),
        };
    }

    static Firing Refused(DateTimeOffset due, string reason) => new(due, FiringOutcome.Refused, null, reason);

    static Firing Skipped(Schedule schedule, DateTimeOffset due) => new(
        due, FiringOutcome.Skipped, null,
        schedule.QueuedDueAt is { } queued ? $"the firing of {StartTemplate.Text(queued)} still waits" : "the instance before still runs");

    /// <summary>Whether the instance that was started last has not ended, or another one waits for that.</summary>
    async Task<bool> IsBusyAsync(Schedule schedule, CancellationToken cancellationToken) =>
        schedule.QueuedDueAt is not null || await RunsAsync(schedule, cancellationToken);

    async Task<bool> RunsAsync(Schedule schedule, CancellationToken cancellationToken) =>
        schedule.LastWorkflowId is { } last
        && (await workflows.LoadAsync([last], cancellationToken)).TryGetValue(last, out var row) && !WorkflowStatus.IsEnd(row.Status);

    async Task<bool> ExistsAsync(Schedule schedule, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var id = FiringValues.Of(schedule.Definition.Name, ScheduleCalendar.Of(schedule.Definition), due).Id;
        return (await workflows.LoadAsync([id], cancellationToken)).ContainsKey(id);
    }

    static string Missed(ScheduleCalendar calendar, DateTimeOffset due, DateTimeOffset? first, TimeSpan window)
    {
        var count = 1 + calendar.AllAfter(due).TakeWhile(time => first is null || time < first).Take(MostCounted).Count();
        var text = count > MostCounted ? $"more than {MostCounted:N0} firings" : count == 1 ? "1 firing" : $"{count:N0} firings";
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"no engine ran: {text} from {StartTemplate.Text(due)} on came due more than {window} ago, which is the catch-up window");
    }
}
