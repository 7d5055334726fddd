namespace Resonance.Engine.Queues;

/// <summary>A queue as a receive finds it.</summary>
/// <param name="Settings">How it behaves.</param>
/// <param name="Revision">Zero when it is not stored.</param>
/// <param name="Paused">Null while it hands out items.</param>
/// <param name="Tokens">What was left of the rate limit; null when it was never used.</param>
/// <param name="TokensAt">When that was.</param>
/// <param name="Now">The store's time.</param>
sealed record QueueTurn(
    WorkQueueSettings Settings, long Revision, WorkQueuePause? Paused, double? Tokens, DateTimeOffset? TokensAt, DateTimeOffset Now)
{
    /// <summary>Whether a limit of the whole queue has to be counted.</summary>
    public bool IsCounted => Settings.Concurrency is not null || Settings.RateLimit is not null;

    /// <summary>What the rate limit leaves by now: it fills up evenly, to the limit and no further. A clock that goes back takes nothing.</summary>
    public double TokensLeft
    {
        get
        {
            if (Settings.RateLimit is not { } limit)
                return double.PositiveInfinity;
            if (Tokens is not { } tokens || TokensAt is not { } at)
                return limit;
            var filled = Math.Max(0, (Now - at) / Settings.RatePeriod) * limit;
            return Math.Min(limit, tokens + filled);
        }
    }

    /// <summary>How many of those that are asked for may be handed out.</summary>
    public int Allowed(int most, long inFlight)
    {
        var places = Settings.Concurrency is { } concurrency ? Math.Max(0, concurrency - inFlight) : long.MaxValue;

        // A token that is there but for the last bit of a division is there.
        return (int)Math.Min(Math.Min(most, places), Math.Floor(TokensLeft + 1e-9));
    }

    /// <summary>Which limit of the whole queue holds back what waits; see <see cref="WorkQueueFigures.LimitedBy"/>.</summary>
    public string? LimitedBy(long waiting, long inFlight) =>
        Paused is not null ? "paused"
        : waiting == 0 ? null
        : Settings.Concurrency <= inFlight ? "concurrency"
        : TokensLeft < 1 ? "rate"
        : null;
}
