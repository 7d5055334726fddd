namespace Resonance.Engine.Rules.Language;

/// <summary>A timestamp of the language: from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z, to the nanosecond.</summary>
/// <param name="Seconds">Since 1970-01-01T00:00:00Z; below zero before.</param>
/// <param name="Nanos">0 to 999,999,999, forward from the seconds.</param>
readonly record struct Instant(long Seconds, int Nanos) : IComparable<Instant>
{
    public const long MinSeconds = -62_135_596_800;
    public const long MaxSeconds = 253_402_300_799;
    public const int NanosPerSecond = 1_000_000_000;
    const long TicksPerSecond = TimeSpan.TicksPerSecond;

    public bool IsInRange => Seconds is >= MinSeconds and <= MaxSeconds;

    public static Instant From(DateTimeOffset time)
    {
        var ticks = time.UtcTicks;
        return new Instant(ticks / TicksPerSecond + MinSeconds, (int)(ticks % TicksPerSecond) * 100);
    }

    /// <summary>To the 100 nanoseconds that .NET keeps.</summary>
    public DateTime ToUtc() => new((Seconds - MinSeconds) * TicksPerSecond + Nanos / 100, DateTimeKind.Utc);

    public int CompareTo(Instant other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanos.CompareTo(other.Nanos);

    /// <returns>Null when that is out of range.</returns>
    public Instant? Plus(long nanoseconds)
    {
        var (seconds, nanos) = Math.DivRem(nanoseconds, NanosPerSecond);
        seconds += Seconds;
        nanos += Nanos;
        if (nanos < 0)
        {
            nanos += NanosPerSecond;
            seconds--;
        }
        else if (nanos >= NanosPerSecond)
        {
            nanos -= NanosPerSecond;
            seconds++;
        }

        var sum = new Instant(seconds, (int)nanos);
        return sum.IsInRange ? sum : null;
    }

    /// <returns>Nanoseconds; null when they do not fit into 64 bits.</returns>
    public long? Minus(Instant other)
    {
        var nanos = (Int128)(Seconds - other.Seconds) * NanosPerSecond + (Nanos - other.Nanos);
        return nanos >= long.MinValue && nanos <= long.MaxValue ? (long)nanos : null;
    }
}
