using Resonance.Engine.Queues;

namespace Resonance.Tests.Engine.Queues;

/// <summary>A work queue as simple as it can be written: one list, looked through from the front each time.</summary>
sealed class ModelQueue
{
    readonly List<Entry> _entries = [];
    readonly Dictionary<string, (Guid Item, DateTimeOffset Until)> _remembered = [];
    long _sequence;
    double _tokens;
    DateTimeOffset? _tokensAt;

    public WorkQueueSettings Settings { get; private set; } = new();

    public bool Paused { get; set; }

    public IReadOnlyList<Guid> Ids => [.. _entries.Select(entry => entry.Item.Id)];

    public void Change(WorkQueueSettings settings)
    {
        if (settings.RateLimit != Settings.RateLimit || settings.RatePeriod != Settings.RatePeriod)
            _tokensAt = null;
        Settings = settings;
    }

    public SendResult Send(WorkItem item, DateTimeOffset now)
    {
        if (_entries.Exists(entry => entry.Item.Id == item.Id))
            return new SendResult(item.Id, true);
        if (item.DeduplicationId is { } once)
        {
            if (_remembered.TryGetValue(once, out var earlier) && earlier.Until > now)
                return new SendResult(earlier.Item, true);
            _remembered[once] = (item.Id, now + Settings.DeduplicationWindow);
        }

        _entries.Add(new Entry { Item = item, Sequence = ++_sequence, EnqueuedAt = now, VisibleAt = now + item.Delay });
        return new SendResult(item.Id, false);
    }

    /// <returns>The items that are next, in their order, with the number of the receipt that each gets.</returns>
    public IReadOnlyList<(Guid Id, int Count)> Receive(int most, TimeSpan visibility, DateTimeOffset now)
    {
        var taken = new List<(Guid, int)>();
        if (Paused)
            return taken;

        foreach (var entry in _entries.Where(entry => entry.Receipt is not null && entry.VisibleAt <= now))
        {
            entry.Receipt = null;
            entry.IsDead = entry.Received >= Settings.MaxReceiveCount;
        }

        var tokens = TokensAt(now);
        foreach (var entry in _entries.OrderBy(Rank).ThenBy(entry => entry.Sequence).ToArray())
        {
            if (taken.Count == most || tokens < 1 - 1e-9 || InFlight(_ => true) >= (Settings.Concurrency ?? int.MaxValue))
                break;
            if (!MayGo(entry, now))
                continue;
            tokens--;
            entry.Received++;
            entry.Receipt = entry.Received;
            entry.VisibleAt = now + visibility;
            taken.Add((entry.Item.Id, entry.Received));
        }

        if (taken.Count > 0 && Settings.RateLimit is not null)
            (_tokens, _tokensAt) = (tokens, now);
        return taken;
    }

    public ReceiptOutcome Delete(Guid id, int receipt, DateTimeOffset now)
    {
        var (outcome, entry) = Show(id, receipt, now);
        if (outcome == ReceiptOutcome.Done)
            _entries.Remove(entry!);
        return outcome;
    }

    public ReceiptOutcome ChangeVisibility(Guid id, int receipt, TimeSpan visibility, DateTimeOffset now)
    {
        var (outcome, entry) = Show(id, receipt, now);
        if (outcome == ReceiptOutcome.Done)
            entry!.VisibleAt = now + visibility;
        return outcome;
    }

    public IReadOnlyList<Guid> Redrive(DateTimeOffset now)
    {
        var dead = _entries.Where(entry => entry.IsDead).OrderBy(entry => entry.Sequence).ToArray();
        foreach (var entry in dead)
        {
            (entry.IsDead, entry.Received, entry.EnqueuedAt, entry.VisibleAt, entry.Sequence) = (false, 0, now, now, ++_sequence);
        }

        return [.. dead.Select(entry => entry.Item.Id)];
    }

    public void Purge() => _entries.RemoveAll(entry => !entry.IsDead);

    bool MayGo(Entry entry, DateTimeOffset now)
    {
        if (entry.IsDead || entry.Receipt is not null || entry.VisibleAt > now)
            return false;
        if (entry.Item.GroupId is { } group
            && _entries.Exists(other => other.Item.GroupId == group && !other.IsDead && other.Sequence < entry.Sequence))
        {
            return false;
        }

        return entry.Item.LimitKey is not { } key || InFlight(other => other.Item.LimitKey == key) < (Settings.KeyConcurrency ?? int.MaxValue);
    }

    int InFlight(Func<Entry, bool> which) => _entries.Count(entry => entry.Receipt is not null && which(entry));

    double TokensAt(DateTimeOffset now)
    {
        if (Settings.RateLimit is not { } limit)
            return double.PositiveInfinity;
        return _tokensAt is not { } at ? limit : Math.Min(limit, _tokens + Math.Max(0, (now - at) / Settings.RatePeriod) * limit);
    }

    DateTimeOffset Rank(Entry entry) => entry.EnqueuedAt - entry.Item.Priority * Settings.CreditPerLevel;

    (ReceiptOutcome, Entry?) Show(Guid id, int receipt, DateTimeOffset now)
    {
        var entry = _entries.Find(candidate => candidate.Item.Id == id);
        return entry is null ? (ReceiptOutcome.Unknown, null)
            : entry.Receipt == receipt && entry.VisibleAt > now ? (ReceiptOutcome.Done, entry)
            : (ReceiptOutcome.Expired, entry);
    }

    sealed class Entry
    {
        public required WorkItem Item { get; init; }

        public required long Sequence { get; set; }

        public required DateTimeOffset EnqueuedAt { get; set; }

        public required DateTimeOffset VisibleAt { get; set; }

        public int Received { get; set; }

        /// <summary>The number of the receipt that is out; null when it is not in flight.</summary>
        public int? Receipt { get; set; }

        public bool IsDead { get; set; }
    }
}
