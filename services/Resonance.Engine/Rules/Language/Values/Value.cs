using System.Diagnostics;

namespace Resonance.Engine.Rules.Language;

enum Kind : byte
{
    Error,
    Null,
    Bool,
    Int,
    UInt,
    Double,
    String,
    Bytes,
    List,
    Map,
    Record,
    Timestamp,
    Duration,
    Type,
}

/// <summary>
/// A value of the language, or the error that an expression gave. Scalars live in the struct itself, so that evaluating them
/// allocates nothing; a timestamp needs more than 64 bits, which is what the nanoseconds beside the bits are for.
/// </summary>
[DebuggerDisplay("{Kind} {ValueText.Of(this)}")]
readonly struct Value
{
    readonly object? _reference;
    readonly long _bits;
    readonly int _nanos;

    Value(Kind kind, object? reference, long bits = 0, int nanos = 0)
    {
        Kind = kind;
        _reference = reference;
        _bits = bits;
        _nanos = nanos;
    }

    public Kind Kind { get; }

    public static Value Null { get; } = new(Kind.Null, null);

    public static Value True { get; } = new(Kind.Bool, null, 1);

    public static Value False { get; } = new(Kind.Bool, null);

    public bool IsError => Kind == Kind.Error;

    public bool IsTrue => Kind == Kind.Bool && _bits != 0;

    public bool IsFalse => Kind == Kind.Bool && _bits == 0;

    public bool IsNumber => Kind is Kind.Int or Kind.UInt or Kind.Double;

    public bool AsBool => _bits != 0;

    public long AsInt => _bits;

    public ulong AsUInt => (ulong)_bits;

    public double AsDouble => BitConverter.Int64BitsToDouble(_bits);

    public string AsString => (string)_reference!;

    public byte[] AsBytes => (byte[])_reference!;

    public ListValue AsList => (ListValue)_reference!;

    public MapValue AsMap => (MapValue)_reference!;

    public RecordValue AsRecord => (RecordValue)_reference!;

    public Instant AsTimestamp => new(_bits, _nanos);

    /// <summary>Nanoseconds.</summary>
    public long AsDuration => _bits;

    public string AsTypeName => (string)_reference!;

    public EvaluationError AsError => (EvaluationError?)_reference ?? EvaluationError.Unset;

    public static Value Of(bool value) => new(Kind.Bool, null, value ? 1 : 0);

    public static Value Of(long value) => new(Kind.Int, null, value);

    public static Value Of(ulong value) => new(Kind.UInt, null, (long)value);

    public static Value Of(double value) => new(Kind.Double, null, BitConverter.DoubleToInt64Bits(value));

    public static Value Of(string value) => new(Kind.String, value);

    public static Value Of(byte[] value) => new(Kind.Bytes, value);

    public static Value Of(ListValue value) => new(Kind.List, value);

    public static Value Of(MapValue value) => new(Kind.Map, value);

    public static Value Of(RecordValue value) => new(Kind.Record, value);

    public static Value Of(Instant value) => new(Kind.Timestamp, null, value.Seconds, value.Nanos);

    public static Value Duration(long nanoseconds) => new(Kind.Duration, null, nanoseconds);

    public static Value Type(string name) => new(Kind.Type, name);

    public static Value Fail(string message) => new(Kind.Error, new EvaluationError(message));

    public static Value Fail(EvaluationError error) => new(Kind.Error, error);

    /// <summary>What everything gives once the budget is spent; the evaluation as a whole then says so.</summary>
    public static Value Exhausted { get; } = new(Kind.Error, EvaluationError.Exhausted);

    /// <summary>The name of the type that the language has for this value.</summary>
    public string TypeName => Kind switch
    {
        Kind.Null => "null_type",
        Kind.Bool => "bool",
        Kind.Int => "int",
        Kind.UInt => "uint",
        Kind.Double => "double",
        Kind.String => "string",
        Kind.Bytes => "bytes",
        Kind.List => "list",
        Kind.Map => "map",
        Kind.Record => AsRecord.Type.Name,
        Kind.Timestamp => TypeNames.Timestamp,
        Kind.Duration => TypeNames.Duration,
        Kind.Type => "type",
        _ => "error",
    };
}

static class TypeNames
{
    public const string Timestamp = "google.protobuf.Timestamp";
    public const string Duration = "google.protobuf.Duration";
}
