using System.Numerics;

namespace Resonance.Engine.Storage.Queries;

/// <summary>
/// Counts durations so that percentiles can be told in 58 KiB, however many there are. Up to 255 ms each millisecond has a place of its
/// own; above, each power of two is divided into 128 places, and what stands for a place is at most 1/256 (0.4 %) off.
/// </summary>
sealed class DurationHistogram
{
    const int ExactBits = 8;
    const int PlacesBits = ExactBits - 1;

    // The longest duration has 63 bits.
    readonly long[] _counts = new long[((63 - ExactBits) << PlacesBits) + (1 << ExactBits)];
    Int128 _sum;
    long _shortest = long.MaxValue;
    long _longest;

    public long Count { get; private set; }

    /// <summary>The mean in milliseconds, rounded; there must be a duration.</summary>
    public long Average => (long)((_sum + Count / 2) / Count);

    public void Add(long milliseconds)
    {
        // A clock that was set back may have an instance end before it began.
        var duration = Math.Max(milliseconds, 0);
        Count++;
        _sum += duration;
        _shortest = Math.Min(_shortest, duration);
        _longest = Math.Max(_longest, duration);
        _counts[PlaceOf(duration)]++;
    }

    /// <summary>The shortest duration that at least so many of a hundred do not exceed; there must be a duration.</summary>
    /// <param name="percent">1 to 100.</param>
    public long Percentile(int percent)
    {
        var rank = (long)(((Int128)Count * percent + 99) / 100);
        var place = 0;
        for (var passed = _counts[0]; passed < rank; passed += _counts[place])
            place++;
        return Math.Clamp(DurationOf(place), _shortest, _longest);
    }

    static int PlaceOf(long duration)
    {
        var shift = Math.Max(0, 64 - BitOperations.LeadingZeroCount((ulong)duration) - ExactBits);
        return (shift << PlacesBits) + (int)(duration >> shift);
    }

    /// <summary>The middle of a place.</summary>
    static long DurationOf(int place)
    {
        var shift = Math.Max(0, (place >> PlacesBits) - 1);
        return ((long)(place - (shift << PlacesBits)) << shift) + ((1L << shift) >> 1);
    }
}
