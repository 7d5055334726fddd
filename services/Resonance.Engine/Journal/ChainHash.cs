using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Resonance.Engine.Journal;

/// <summary>Computes the hash that chains the journal rows of one instance.</summary>
/// <remarks>
/// SHA-256 over a length-prefixed binary form: the previous hash, then every field in the order below. JSON goes in by value, not by
/// text (members sorted by ordinal name, numbers normalised), because <c>jsonb</c> keeps the value and not the text.
/// Texts are UTF-8 with a 4-byte big-endian length; ids are their 16 bytes in network order; times are microseconds since 1970-01-01 UTC.
/// </remarks>
public static class ChainHash
{
    const byte FormVersion = 1;

    /// <summary>What the first row of an instance names as the hash before it.</summary>
    public static byte[] Origin => new byte[SHA256.HashSizeInBytes];

    /// <summary>The hash of a row; its own <see cref="JournalRow.Hash"/> is not read.</summary>
    /// <exception cref="JsonException">Entries or data are not JSON.</exception>
    public static byte[] Compute(JournalRow row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([FormVersion]);
        hash.AppendData(row.PreviousHash);
        AppendId(hash, row.WorkflowId);
        AppendInteger(hash, row.Sequence);
        AppendId(hash, row.MessageId);
        AppendText(hash, row.Event);
        AppendText(hash, row.From);
        AppendText(hash, row.To);
        AppendInteger(hash, (row.OccurredAt.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond);
        AppendText(hash, row.TraceParent ?? "");
        using (var entries = JsonDocument.Parse(row.Entries))
            AppendValue(hash, entries.RootElement);
        using (var data = JsonDocument.Parse(row.Data))
            AppendValue(hash, data.RootElement);
        return hash.GetHashAndReset();
    }

    static void AppendValue(IncrementalHash hash, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).ToArray();
                AppendHead(hash, (byte)'o', members.Length);
                foreach (var member in members)
                {
                    AppendText(hash, member.Name);
                    AppendValue(hash, member.Value);
                }

                break;
            case JsonValueKind.Array:
                AppendHead(hash, (byte)'a', value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                    AppendValue(hash, item);
                break;
            case JsonValueKind.String:
                hash.AppendData("s"u8);
                AppendText(hash, value.GetString()!);
                break;
            case JsonValueKind.Number:
                hash.AppendData("n"u8);
                AppendText(hash, NormalNumber(value));
                break;
            case JsonValueKind.True:
                hash.AppendData("t"u8);
                break;
            case JsonValueKind.False:
                hash.AppendData("f"u8);
                break;
            default:
                hash.AppendData("0"u8);
                break;
        }
    }

    /// <summary>The same text for the same number, however it was written: 1, 1.0 and 1e0 are one number.</summary>
    static string NormalNumber(JsonElement value)
    {
        if (!value.TryGetDecimal(out var number))
            return value.GetDouble().ToString("R", CultureInfo.InvariantCulture);

        if (number == 0)
            return "0";

        // A decimal keeps its trailing zeros; dividing by this 1 drops them.
        return (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);
    }

    static void AppendId(IncrementalHash hash, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        hash.AppendData(bytes);
    }

    static void AppendInteger(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }

    static void AppendHead(IncrementalHash hash, byte kind, int count)
    {
        Span<byte> bytes = stackalloc byte[5];
        bytes[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], count);
        hash.AppendData(bytes);
    }

    static void AppendText(IncrementalHash hash, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Span<byte> bytes = length <= 512 ? stackalloc byte[4 + length] : new byte[4 + length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        Encoding.UTF8.GetBytes(text, bytes[4..]);
        hash.AppendData(bytes);
    }
}
