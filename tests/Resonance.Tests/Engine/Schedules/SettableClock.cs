namespace Resonance.Tests.Engine.Schedules;

/// <summary>A clock that stands still until it is set; what is compared with its time needs no timers.</summary>
sealed class SettableClock(DateTimeOffset now) : TimeProvider
{
    readonly Lock _lock = new();
    DateTimeOffset _now = now;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public void SetUtcNow(DateTimeOffset time)
    {
        lock (_lock)
            _now = time;
    }

    public void Advance(TimeSpan time) => SetUtcNow(GetUtcNow() + time);
}
