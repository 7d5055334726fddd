using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
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
    const byte Escape = (byte)'\\';

    /// <summary>What the first row of an instance names as the hash before it.</summary>
    public static byte[] Origin => new byte[SHA256.HashSizeInBytes];

    /// <summary>The hash of a row; its own <see cref="JournalRow.Hash"/> is not read.</summary>
    /// <exception cref="JsonException">Entries or data are not JSON.</exception>
    public static byte[] Compute(JournalRow row)
    {
        // The form is laid out first and hashed at once: every call into the cryptographic library has its price.
        var form = new ArrayBufferWriter<byte>(row.Entries.Length + row.Data.Length + 512);
        form.Write([FormVersion]);
        form.Write(row.PreviousHash);
        WriteId(form, row.WorkflowId);
        WriteInteger(form, row.Sequence);
        WriteId(form, row.MessageId);
        WriteText(form, row.Event);
        WriteText(form, row.From);
        WriteText(form, row.To);
        WriteInteger(form, (row.OccurredAt.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond);
        WriteText(form, row.TraceParent ?? "");
        using (var entries = JsonDocument.Parse(row.Entries))
            WriteValue(form, entries.RootElement);
        using (var data = JsonDocument.Parse(row.Data))
            WriteValue(form, data.RootElement);
        return SHA256.HashData(form.WrittenSpan);
    }

    static void WriteValue(ArrayBufferWriter<byte> form, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteHead(form, (byte)'o', value.GetPropertyCount());
                foreach (var member in value.EnumerateObject().Order(MemberOrder.Instance))
                {
                    WriteName(form, member);
                    WriteValue(form, member.Value);
                }

                break;
            case JsonValueKind.Array:
                WriteHead(form, (byte)'a', value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                    WriteValue(form, item);
                break;
            case JsonValueKind.String:
                form.Write("s"u8);
                WriteString(form, value);
                break;
            case JsonValueKind.Number:
                form.Write("n"u8);
                WriteText(form, NormalNumber(value));
                break;
            case JsonValueKind.True:
                form.Write("t"u8);
                break;
            case JsonValueKind.False:
                form.Write("f"u8);
                break;
            default:
                form.Write("0"u8);
                break;
        }
    }

    static void WriteName(ArrayBufferWriter<byte> form, JsonProperty member)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        if (raw.Contains(Escape))
            WriteText(form, member.Name);
        else
            WriteUtf8(form, raw);
    }

    static void WriteString(ArrayBufferWriter<byte> form, JsonElement value)
    {
        var quoted = JsonMarshal.GetRawUtf8Value(value);
        if (quoted.Contains(Escape))
            WriteText(form, value.GetString()!);
        else
            WriteUtf8(form, quoted[1..^1]);
    }

    /// <summary>The same text for the same number, however it was written: 1, 1.0 and 1e0 are one number.</summary>
    static string NormalNumber(JsonElement value)
    {
        if (value.TryGetInt64(out var integer))
            return integer.ToString(CultureInfo.InvariantCulture);

        if (!value.TryGetDecimal(out var number))
            return value.GetDouble().ToString("R", CultureInfo.InvariantCulture);

        if (number == 0)
            return "0";

        // A decimal keeps its trailing zeros; dividing by this 1 drops them.
        return (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);
    }

    static void WriteId(ArrayBufferWriter<byte> form, Guid id)
    {
        id.TryWriteBytes(form.GetSpan(16), bigEndian: true, out _);
        form.Advance(16);
    }

    static void WriteInteger(ArrayBufferWriter<byte> form, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(form.GetSpan(8), number);
        form.Advance(8);
    }

    static void WriteHead(ArrayBufferWriter<byte> form, byte kind, int count)
    {
        var bytes = form.GetSpan(5);
        bytes[0] = kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], count);
        form.Advance(5);
    }

    static void WriteText(ArrayBufferWriter<byte> form, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteLength(form, length);
        Encoding.UTF8.GetBytes(text, form.GetSpan(length));
        form.Advance(length);
    }

    static void WriteUtf8(ArrayBufferWriter<byte> form, ReadOnlySpan<byte> text)
    {
        WriteLength(form, text.Length);
        form.Write(text);
    }

    static void WriteLength(ArrayBufferWriter<byte> form, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(form.GetSpan(4), length);
        form.Advance(4);
    }

    /// <summary>By ordinal name, that is by UTF-16 code unit; in ASCII the bytes have the same order.</summary>
    sealed class MemberOrder : IComparer<JsonProperty>
    {
        public static readonly MemberOrder Instance = new();

        public int Compare(JsonProperty x, JsonProperty y)
        {
            var left = JsonMarshal.GetRawUtf8PropertyName(x);
            var right = JsonMarshal.GetRawUtf8PropertyName(y);
            return IsPlain(left) && IsPlain(right) ? left.SequenceCompareTo(right) : string.CompareOrdinal(x.Name, y.Name);
        }

        static bool IsPlain(ReadOnlySpan<byte> name) => Ascii.IsValid(name) && !name.Contains(Escape);
    }
}
