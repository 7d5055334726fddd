using System.Globalization;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Queues;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.Operations;

/// <summary>Explains instances: from the machine, the journal, the outbox and the broker, and never by guessing.</summary>
public sealed class Explanations
{
    const int VerdictsMax = 20;

    readonly WorkflowQueries _queries;
    readonly WorkflowCatalog _catalog;
    readonly QueueWatch _queues;
    readonly IWorkQueueStore _lines;
    readonly TimeProvider _clock;

    internal Explanations(WorkflowQueries queries, WorkflowCatalog catalog, QueueWatch queues, IWorkQueueStore lines, TimeProvider clock)
    {
        _queries = queries;
        _catalog = catalog;
        _queues = queues;
        _lines = lines;
        _clock = clock;
    }

    /// <returns>Null when there is no such instance, or its workflow is not known to this process.</returns>
    public async Task<Explanation?> ExplainAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await _queries.GetAsync(id, cancellationToken) is not { } row || _catalog.Find(row.Type) is not { } workflow)
            return null;

        var timers = await _queries.TimersAsync(id, cancellationToken);
        if (row.Version == 0)
            return await ExplainStartAsync(row, timers, cancellationToken);

        var situation = workflow.Situation(row);
        var history = (await _queries.HistoryAsync(id, cancellationToken))
            .Select(step => (Step: step, Entries: JournalEntry.ReadAll(step.Entries))).ToArray();
        var entered = history.LastOrDefault(step => step.Entries.Any(entry => entry is StateChanged changed && changed.To == row.State));

        // The row of a timer that has just fired stays for a moment, while its message is under way.
        var own = situation.Activities.Select(activity => activity.Timer).Append(situation.DeadlineTimer).ToHashSet();
        var now = _clock.GetUtcNow();
        timers = [.. timers.Where(timer => timer.DueAt > now || (timer.Token is not null && own.Contains(timer.Token)))];
        var activities = new List<ExplainedActivity>();
        foreach (var activity in situation.Activities)
            activities.Add(await ExplainAsync(activity, timers, cancellationToken));
        var line = row.Status == WorkflowStatus.Queued ? await FindPlaceAsync(row, now, cancellationToken) : null;
        return new Explanation
        {
            Workflow = row,
            Line = line,
            Since = entered.Step?.OccurredAt ?? row.UpdatedAt,
            By = entered.Step?.Event,
            Step = entered.Step?.Sequence ?? 0,
            Situation = situation,
            Timers = timers,
            Activities = activities,
            Verdicts =
            [
                .. history
                    .SelectMany(step => step.Entries.OfType<RuleEvaluated>()
                        .Select(verdict => new ExplainedVerdict(step.Step.OccurredAt, step.Step.Sequence, verdict)))
                    .TakeLast(VerdictsMax),
            ],
            MovesOn = [.. line is null ? [] : MovesOn(line), .. MovesOn(row, situation, activities, timers)],
        };
    }

    async Task<PlaceInLine?> FindPlaceAsync(WorkflowRow row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await _lines.LocateAsync(row.Type, row.Id, cancellationToken) is not { } place)
            return null;

        var figures = await _lines.CountAsync(row.Type, 0, cancellationToken);

        // At the pace of the last minute; a queue that let nobody go has none.
        DateTimeOffset? predicted = figures.LimitedBy == "paused" || figures.DequeuedLastMinute == 0
            ? null : now + (place.Ahead + 1) * (TimeSpan.FromMinutes(1) / figures.DequeuedLastMinute);
        return new PlaceInLine(row.Type, place.State, place.Ahead, place.GroupId, place.LimitKey, figures.LimitedBy, predicted);
    }

    static IEnumerable<string> MovesOn(PlaceInLine line)
    {
        yield return line switch
        {
            { State: WorkItemState.InFlight } => "Its turn has come: the message that begins it is under way.",
            { Ahead: 0 } => $"It is the next one in the queue '{line.Queue}'.",
            _ => $"{Counted(line.Ahead, "instance is", "instances are")} before it in the queue '{line.Queue}'.",
        };
        if (line.LimitedBy == "paused")
            yield return "The queue is paused; an operator may resume it.";
        else if (line.LimitedBy == "concurrency")
            yield return "As many run as may at a time: it begins when others have ended.";
        else if (line.LimitedBy == "rate")
            yield return "As many have begun as may in this time: it begins a little later.";
        if (line.State is WorkItemState.Behind or WorkItemState.New && line.Group is { } group)
            yield return $"Those of '{group}' run one after the other: the one before it has to end.";
        if (line.State == WorkItemState.Limited)
            yield return $"As many of '{line.LimitKey}' run as may at a time.";
        if (line.PredictedAt is { } predicted)
            yield return $"At the pace of the last minute it begins at {Time(predicted)}.";
    }

    async Task<Explanation> ExplainStartAsync(WorkflowRow row, IReadOnlyList<PendingTimer> timers, CancellationToken cancellationToken)
    {
        var (queue, problem) = await LookAsync(row.Type, cancellationToken);
        return new Explanation
        {
            Workflow = row,
            Since = row.StartedAt,
            By = null,
            Step = 0,
            Situation = null,
            Timers = timers,
            Activities = [],
            Verdicts = [],
            MovesOn = [$"Its start is accepted and has not been executed yet. {Served(row.Type, queue, problem)}"],
        };
    }

    async Task<ExplainedActivity> ExplainAsync(
        ActivitySituation activity, IReadOnlyList<PendingTimer> timers, CancellationToken cancellationToken)
    {
        var (queue, problem) = await LookAsync(activity.Destination, cancellationToken);
        var due = timers.FirstOrDefault(timer => timer.Token == activity.Timer && timer.Token is not null)?.DueAt;
        var child = activity.IsWorkflow && _catalog.Find(activity.Destination)?.InstanceOf(activity.MakeCommand()) is { } id
            ? await _queries.GetAsync(id, cancellationToken)
            : null;
        return new ExplainedActivity(activity, due, queue, problem, child);
    }

    async Task<(QueueState? Queue, string? Problem)> LookAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            return (await _queues.LookAsync(queue, cancellationToken), null);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // An explanation without the broker is better than none.
            return (null, exception.Message);
        }
    }

    static IEnumerable<string> MovesOn(
        WorkflowRow row, WorkflowSituation situation, IReadOnlyList<ExplainedActivity> activities, IReadOnlyList<PendingTimer> timers)
    {
        if (WorkflowStatus.IsEnd(row.Status))
            yield return situation.Accepts.Count == 0 ? "Nothing: it has ended." : $"It has ended; {Or(situation.Accepts)} would move it on.";
        if (situation.Suspension is { } suspension)
        {
            yield return $"It waits for a person: {suspension.Cause}. {Asked(situation.Actions)}";
            yield break;
        }

        foreach (var activity in activities)
        {
            foreach (var sentence in MovesOn(activity))
                yield return sentence;
        }

        var named = activities.Select(activity => activity.Situation.Timer).ToHashSet();
        foreach (var timer in timers.Where(timer => timer.Token is null || !named.Contains(timer.Token)))
            yield return $"The timer '{timer.Timer}' comes due at {Time(timer.DueAt)}.";
        if (!WorkflowStatus.IsEnd(row.Status) && activities.Count == 0 && situation.Accepts.Count > 0)
            yield return $"{Or(situation.Accepts)} would move it on.";
        if (situation.Actions.Count > 0)
            yield return Asked(situation.Actions);
    }

    static IEnumerable<string> MovesOn(ExplainedActivity activity)
    {
        var (situation, due, queue, problem, child) = activity;
        var count = situation.AttemptsMax == 0 ? $"{situation.Attempt}" : $"{situation.Attempt} of {situation.AttemptsMax}";
        var when = due is { } time ? $"at {Time(time)}" : "never: its timer is gone, and the engine will find that and drive it on";
        yield return situation switch
        {
            { Waits: true, Attempt: 0 } => $"{situation.Activity} is done {when}.",
            { Waits: true } => $"{situation.Activity} is tried again {when}; attempt {count} failed: {situation.LastError}.",
            _ => $"{situation.Activity} is under way, attempt {count}; it counts as failed {when}.",
        };
        if (child is not null)
            yield return $"It waits for {child.Key}, which is in {StateNames.ToScreen(child.State)} ({child.Status}).";
        if (!situation.Waits)
            yield return Served(situation.Destination, queue, problem);
    }

    static string Served(string name, QueueState? queue, string? problem) => (queue, problem) switch
    {
        (_, not null) => $"Whether anything listens to the queue '{name}' is not known: {problem}",
        (null, _) => $"There is no queue '{name}': no process has ever served it. Start one that does.",
        ({ Consumers: 0 }, _) => $"Nothing listens to the queue '{name}'{Waiting(queue)}. Start a process that serves it.",
        _ => $"{Counted(queue.Consumers, "consumer listens", "consumers listen")} to the queue '{name}'{Waiting(queue)}.",
    };

    static string Waiting(QueueState queue) =>
        queue.Messages is { } messages ? $", in which {Counted(messages, "message waits", "messages wait")}" : "";

    static string Counted(long count, string one, string more) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : more)}");

    static string Asked(IReadOnlyList<string> actions) => $"An operator may {Or(actions)} it.";

    static string Or(IReadOnlyList<string> names) =>
        names is [var only] ? only : $"{string.Join(", ", names.Take(names.Count - 1))} or {names[^1]}";

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
