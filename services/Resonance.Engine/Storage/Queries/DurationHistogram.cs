using System.Buffers;
using System.Numerics;

namespace Resonance.Engine.Storage.Queries;

/// <summary>
/// Counts durations so that percentiles can be told in 58 KiB, however many there are. Up to 255 ms each millisecond has a place of its
/// own; above, each power of two is divided into 128 places, and what stands for a place is at most 1/256 (0.4 %) off.
/// </summary>
/// <remarks>
/// Histograms add up: one that others were added to says the same as if it had counted all their durations itself. The stored form is a
/// version, then as variable-length numbers the shortest, the longest and the sum (its upper 64 bits first), then each place that is taken
/// as its distance to the one before and its count: some hundred bytes.
/// </remarks>
sealed class DurationHistogram
{
    const int ExactBits = 8;
    const int PlacesBits = ExactBits - 1;
    const byte FormVersion = 1;

    // The longest duration has 63 bits.
    readonly long[] _counts = new long[((63 - ExactBits) << PlacesBits) + (1 << ExactBits)];
    Int128 _sum;
    long _shortest = long.MaxValue;
    long _longest;

    // What is taken lies between these, so that a histogram can be used again and again without walking over all of it.
    int _lowestPlace = int.MaxValue;
    int _highestPlace = -1;

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
        var place = PlaceOf(duration);
        _counts[place]++;
        _lowestPlace = Math.Min(_lowestPlace, place);
        _highestPlace = Math.Max(_highestPlace, place);
    }

    /// <summary>Adds the durations of another histogram.</summary>
    /// <param name="form">What <see cref="ToBytes"/> made of it.</param>
    /// <exception cref="FormatException">It is no such form.</exception>
    public void Add(ReadOnlySpan<byte> form)
    {
        if (form.IsEmpty)
            return;
        if (form[0] != FormVersion)
            throw new FormatException($"A histogram of form {form[0]} is not known to this build, which writes form {FormVersion}.");

        var at = 1;
        var shortest = (long)Read(form, ref at);
        var longest = (long)Read(form, ref at);
        var sum = new Int128(Read(form, ref at), Read(form, ref at));

        // A day of a busy system is thousands of forms, and a million places.
        var place = (int)Read(form, ref at);
        _lowestPlace = Math.Min(_lowestPlace, place);
        for (; ; place = checked(place + (int)Read(form, ref at)))
        {
            if (place < 0 || place >= _counts.Length)
                throw new FormatException($"A histogram has no place {place}.");

            var count = (long)Read(form, ref at);
            _counts[place] += count;
            Count += count;
            if (at == form.Length)
                break;
        }

        _highestPlace = Math.Max(_highestPlace, place);
        _sum += sum;
        _shortest = Math.Min(_shortest, shortest);
        _longest = Math.Max(_longest, longest);
    }

    /// <summary>The stored form; nothing when there is no duration.</summary>
    public byte[] ToBytes()
    {
        if (Count == 0)
            return [];

        var form = new ArrayBufferWriter<byte>();
        form.Write([FormVersion]);
        Write(form, (ulong)_shortest);
        Write(form, (ulong)_longest);
        Write(form, (ulong)(_sum >> 64));
        Write(form, (ulong)_sum);
        var before = 0;
        for (var place = _lowestPlace; place <= _highestPlace; place++)
        {
            if (_counts[place] == 0)
                continue;

            Write(form, (ulong)(place - before));
            Write(form, (ulong)_counts[place]);
            before = place;
        }

        return form.WrittenSpan.ToArray();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        if (Count > 0)
            Array.Clear(_counts, _lowestPlace, _highestPlace - _lowestPlace + 1);
        (Count, _sum, _shortest, _longest, _lowestPlace, _highestPlace) = (0, 0, long.MaxValue, 0, int.MaxValue, -1);
    }

    /// <summary>The shortest duration that at least so many of a hundred do not exceed; there must be a duration.</summary>
    /// <param name="percent">1 to 100.</param>
    public long Percentile(int percent)
    {
        var rank = (long)(((Int128)Count * percent + 99) / 100);
        var place = _lowestPlace;
        for (var passed = _counts[place]; passed < rank; passed += _counts[place])
            place++;
        return Math.Clamp(DurationOf(place), _shortest, _longest);
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit of a byte says that another follows.</summary>
    static void Write(ArrayBufferWriter<byte> form, ulong number)
    {
        for (; number >= 0x80; number >>= 7)
            form.Write([(byte)((byte)number | 0x80)]);
        form.Write([(byte)number]);
    }

    static ulong Read(ReadOnlySpan<byte> form, ref int at)
    {
        ulong number = 0;
        for (var shift = 0; (uint)at < (uint)form.Length; shift += 7)
        {
            var part = form[at++];
            number |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return number;
        }

        throw new FormatException("A histogram ends in the middle of a number.");
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
