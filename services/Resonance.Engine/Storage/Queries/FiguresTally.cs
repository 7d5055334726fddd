using System.Text.Json;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Counts journal rows of one workflow as they come by. Its size depends on the period's length and not on what happened in it.</summary>
sealed class FiguresTally
{
    static readonly TimeSpan HoursUpTo = TimeSpan.FromDays(3);

    readonly DurationHistogram _durations = new();
    readonly DateTimeOffset _slotsFrom;
    readonly TimeSpan _slot;
    readonly long[] _startedBySlot;
    readonly long[] _finishedBySlot;
    long _steps;
    long _started;
    long _completed;
    long _failed;
    long _cancelled;
    long _suspended;
    long _retries;
    long _failedAttempts;
    long _compensations;
    long _rejectedEvents;
    long _rulesPassed;
    long _rulesFailed;

    public FiguresTally(DateTimeOffset from, DateTimeOffset to)
    {
        _slot = to - from > HoursUpTo ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1);
        _slotsFrom = new DateTimeOffset(from.UtcTicks - from.UtcTicks % _slot.Ticks, TimeSpan.Zero);
        var slots = (to.UtcTicks - _slotsFrom.UtcTicks + _slot.Ticks - 1) / _slot.Ticks;
        _startedBySlot = new long[slots];
        _finishedBySlot = new long[slots];
    }

    /// <param name="sequence">The row's number in its instance; 1 is the start.</param>
    /// <param name="at">When the step was taken, in the period.</param>
    /// <param name="entries">Its entries, a JSON array; entries that are not counted may be missing.</param>
    public void Add(long sequence, DateTimeOffset at, string entries)
    {
        var slot = (int)((at.UtcTicks - _slotsFrom.UtcTicks) / _slot.Ticks);
        _steps++;
        if (sequence == 1)
        {
            _started++;
            _startedBySlot[slot]++;
        }

        using var json = JsonDocument.Parse(entries);
        foreach (var entry in json.RootElement.EnumerateArray())
            Add(entry, slot);
    }

    public PeriodFigures ToFigures() => new()
    {
        Steps = _steps,
        Started = _started,
        Completed = _completed,
        Failed = _failed,
        Cancelled = _cancelled,
        Suspended = _suspended,
        Retries = _retries,
        FailedAttempts = _failedAttempts,
        Compensations = _compensations,
        RejectedEvents = _rejectedEvents,
        RulesPassed = _rulesPassed,
        RulesFailed = _rulesFailed,
        Durations = _durations.Count == 0
            ? null
            : new PeriodDurations(_durations.Average, _durations.Percentile(50), _durations.Percentile(95), _durations.Percentile(99)),
        SlotsFrom = _slotsFrom,
        Slot = _slot,
        StartedBySlot = _startedBySlot,
        FinishedBySlot = _finishedBySlot,
    };

    void Add(JsonElement entry, int slot)
    {
        // A kind that a later version writes is none of this version's figures.
        switch (entry.TryGetProperty("kind"u8, out var kind) ? kind.GetString() : null)
        {
            case "finished":
                _finishedBySlot[slot]++;
                Finished(entry);
                break;
            case "suspended":
                _suspended++;
                break;
            case "retryScheduled":
                _retries++;
                break;
            case "attemptFailed":
                _failedAttempts++;
                break;
            case "compensated":
                _compensations++;
                break;
            case "eventRejected":
                _rejectedEvents++;
                break;
            case "ruleEvaluated" when entry.GetProperty("verdict"u8).ValueEquals("pass"u8):
                _rulesPassed++;
                break;
            case "ruleEvaluated":
                _rulesFailed++;
                break;
        }
    }

    void Finished(JsonElement entry)
    {
        switch (entry.GetProperty("outcome"u8).GetString())
        {
            case WorkflowStatus.Completed:
                _completed++;
                break;
            case WorkflowStatus.Failed:
                _failed++;
                break;
            default:
                _cancelled++;
                return;
        }

        _durations.Add(entry.GetProperty("durationMs"u8).GetInt64());
    }
}
