using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Resonance.Cli.Api;

namespace Resonance.Cli.Proofs;

/// <summary>The hash of a journal row, computed from what the row holds in the form that docs/audit.md publishes.</summary>
static class RowHash
{
    const byte Form = 1;

    /// <param name="workflow">The instance whose row it is to be.</param>
    /// <param name="row">As <c>GET /api/workflows/{id}/journal</c> answers.</param>
    /// <param name="previous">The hash of the row before, as it was computed.</param>
    /// <returns>Null when something that belongs to the row is missing, or it is another instance's.</returns>
    public static byte[]? Of(Guid workflow, JsonElement row, byte[] previous)
    {
        if (Id(row, "workflowId") != workflow || Id(row, "messageId") is not { } message || row.Number("sequence") is not { } sequence
            || row.Text("event") is not { } cause || row.Text("from") is not { } from || row.Text("to") is not { } to
            || row.Time("occurredAt") is not { } time || row.Member("entries") is not { } entries || row.Member("data") is not { } data)
        {
            return null;
        }

        var form = new MemoryStream();
        form.WriteByte(Form);
        form.Write(previous);
        form.Write(workflow.ToByteArray(bigEndian: true));
        Write(form, sequence);
        form.Write(message.ToByteArray(bigEndian: true));
        Write(form, cause);
        Write(form, from);
        Write(form, to);
        Write(form, (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond);
        Write(form, row.Text("traceParent") ?? "");
        Write(form, entries);
        Write(form, data);
        return SHA256.HashData(form.ToArray());
    }

    static Guid? Id(JsonElement row, string name) => Guid.TryParse(row.Text(name), out var id) ? id : null;

    // JSON goes in by value: how a number or a text was written, and in which order members stood, changes nothing.
    static void Write(MemoryStream form, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).ToArray();
                Write(form, 'o', members.Length);
                foreach (var member in members)
                {
                    Write(form, member.Name);
                    Write(form, member.Value);
                }

                break;
            case JsonValueKind.Array:
                Write(form, 'a', value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                    Write(form, item);
                break;
            case JsonValueKind.String:
                form.WriteByte((byte)'s');
                Write(form, value.GetString()!);
                break;
            case JsonValueKind.Number:
                form.WriteByte((byte)'n');
                Write(form, Plain(value));
                break;
            default:
                form.WriteByte((byte)(value.ValueKind == JsonValueKind.True ? 't' : value.ValueKind == JsonValueKind.False ? 'f' : '0'));
                break;
        }
    }

    /// <summary>1, 1.0 and 1e0 are one number. What is too large or too fine for a decimal is the shortest text of its double.</summary>
    static string Plain(JsonElement value)
    {
        if (value.TryGetInt64(out var integer))
            return integer.ToString(CultureInfo.InvariantCulture);
        if (!value.TryGetDecimal(out var number))
            return value.GetDouble().ToString("R", CultureInfo.InvariantCulture);

        var text = number.ToString(CultureInfo.InvariantCulture);
        text = text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
        return text is "-0" ? "0" : text;
    }

    static void Write(MemoryStream form, char kind, int count)
    {
        form.WriteByte((byte)kind);
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, count);
        form.Write(bytes);
    }

    static void Write(MemoryStream form, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        form.Write(bytes);
    }

    static void Write(MemoryStream form, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        form.Write(length);
        form.Write(bytes);
    }
}
