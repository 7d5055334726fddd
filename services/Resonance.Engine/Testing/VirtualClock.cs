namespace Resonance.Engine.Testing;

/// <summary>The harness's time: it stands still until a test lets it pass.</summary>
sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    long _ticks = start.UtcTicks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _ticks), TimeSpan.Zero);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
}

/// <summary>Jitter without chance: a retry comes exactly when its policy says.</summary>
sealed class NoChance : Random
{
    public override double NextDouble() => 0.5;
}
