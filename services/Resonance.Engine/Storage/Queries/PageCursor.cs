using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Resonance.Engine.Storage.Queries;

/// <summary>The last row of a page. The next page is found by value and not by count, so rows that come or go shift nothing.</summary>
/// <param name="Sort">The order of the list, e.g. <c>-startedAt</c>: in another one the row's values mean nothing.</param>
/// <param name="Value">The row's value of what the list is ordered by; empty when that is the time.</param>
/// <param name="Time">Orders rows of the same value; whole microseconds.</param>
/// <param name="Id">Orders rows of the same time.</param>
public sealed record PageCursor(string Sort, string Value, DateTimeOffset Time, Guid Id)
{
    const int TimeBytes = 8;
    const int IdBytes = 16;
    const int SortAt = TimeBytes + IdBytes;
    const int BytesMax = 2048;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Opaque text for a URL.</summary>
    public override string ToString()
    {
        var sort = Utf8.GetBytes(Sort);
        var value = Utf8.GetBytes(Value);
        var bytes = new byte[SortAt + 1 + sort.Length + value.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Time.UtcTicks);
        Id.TryWriteBytes(bytes.AsSpan(TimeBytes), bigEndian: true, out _);
        bytes[SortAt] = checked((byte)sort.Length);
        sort.CopyTo(bytes, SortAt + 1);
        value.CopyTo(bytes, SortAt + 1 + sort.Length);
        return Base64Url.EncodeToString(bytes);
    }

    /// <returns>False for text that <see cref="ToString"/> did not make.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out PageCursor? cursor)
    {
        cursor = null;
        if (!Base64Url.IsValid(text, out var length) || length is <= SortAt or > BytesMax)
            return false;

        var bytes = Base64Url.DecodeFromChars(text);
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes);
        var valueAt = SortAt + 1 + bytes[SortAt];
        if (ticks < DateTimeOffset.UnixEpoch.Ticks || ticks > DateTimeOffset.MaxValue.Ticks || valueAt > bytes.Length)
            return false;

        try
        {
            var value = Utf8.GetString(bytes, valueAt, bytes.Length - valueAt);

            // No store keeps a zero in a text, and Postgres refuses to be asked for one.
            if (value.Contains('\0', StringComparison.Ordinal))
                return false;

            cursor = new PageCursor(
                Utf8.GetString(bytes, SortAt + 1, bytes[SortAt]),
                value,
                new DateTimeOffset(ticks, TimeSpan.Zero),
                new Guid(bytes.AsSpan(TimeBytes, IdBytes), bigEndian: true));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
