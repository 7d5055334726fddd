using System.Text;
using Google.Protobuf;

namespace Resonance.AcceptanceTests.Telemetry;

/// <summary>
/// A message of protobuf's wire format, read by field numbers: what the tests need of OTLP's messages, without their .proto files.
/// </summary>
/// <remarks>https://protobuf.dev/programming-guides/encoding/</remarks>
sealed class WireMessage
{
    readonly List<(int Field, object Value)> _fields = [];

    WireMessage()
    {
    }

    /// <exception cref="InvalidProtocolBufferException">The bytes are no message.</exception>
    public static WireMessage Parse(byte[] bytes)
    {
        var message = new WireMessage();
        using var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag and not 0)
        {
            object value = WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => input.ReadUInt64(),
                WireFormat.WireType.Fixed64 => input.ReadFixed64(),
                WireFormat.WireType.Fixed32 => (ulong)input.ReadFixed32(),
                WireFormat.WireType.LengthDelimited => input.ReadBytes().ToByteArray(),
                var other => throw new InvalidDataException($"OTLP has no fields of wire type {other}."),
            };
            message._fields.Add((WireFormat.GetTagFieldNumber(tag), value));
        }

        return message;
    }

    public IEnumerable<WireMessage> Messages(int field) => All(field).Select(value => Parse((byte[])value));

    public WireMessage? Message(int field) => Messages(field).FirstOrDefault();

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public byte[] Bytes(int field) => (byte[]?)All(field).FirstOrDefault() ?? [];

    /// <summary>Lower-case hexadecimal, as ids are written; empty when there is none.</summary>
    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field));

    public ulong Number(int field) => (ulong?)All(field).FirstOrDefault() ?? 0;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    public bool Has(int field) => All(field).Any();

    /// <summary>A repeated field of eight-byte numbers, which stand packed in one.</summary>
    public ulong[] Packed(int field) => [.. Bytes(field).Chunk(sizeof(ulong)).Select(chunk => BitConverter.ToUInt64(chunk))];

    IEnumerable<object> All(int field) => _fields.Where(candidate => candidate.Field == field).Select(candidate => candidate.Value);
}
