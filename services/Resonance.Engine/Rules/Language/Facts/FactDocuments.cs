using System.Globalization;
using System.Text.Json;

namespace Resonance.Engine.Rules.Language;

/// <summary>
/// Facts as documents. Written, a timestamp is a text as in RFC 3339, a duration one such as <c>90s</c>, bytes are base64, numbers
/// that JSON has not are texts, and the fields of records have the names that rules use. All of that reads back as what it was.
/// </summary>
static class FactDocuments
{
    public static Value Read(JsonElement json, CelType type)
    {
        if (json.ValueKind == JsonValueKind.Null)
            return Value.Null;
        return type.Kind switch
        {
            TypeKind.Nullable => Read(json, type.Parameters[0]),
            TypeKind.Bool when json.ValueKind is JsonValueKind.True or JsonValueKind.False => Value.Of(json.GetBoolean()),
            TypeKind.Int when json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var number) => Value.Of(number),
            TypeKind.UInt when json.ValueKind == JsonValueKind.Number && json.TryGetUInt64(out var number) => Value.Of(number),
            TypeKind.Double => ReadDouble(json),
            TypeKind.List when json.ValueKind == JsonValueKind.Array => ReadList(json, type.Parameters[0]),
            TypeKind.Map when json.ValueKind == JsonValueKind.Object => ReadMap(json, type.Parameters[1]),
            TypeKind.Record when json.ValueKind == JsonValueKind.Object => Value.Of(new DocumentRecord((RecordType)type, json)),
            _ when json.ValueKind == JsonValueKind.String => ReadText(json, type),
            _ => Mismatch(json, type),
        };
    }

    static Value Mismatch(JsonElement json, CelType type) =>
        Value.Fail($"a {type} is expected in the record, and there is a {json.ValueKind.ToString().ToLowerInvariant()}");

    static Value ReadDouble(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out var number))
            return Value.Of(number);
        return json.ValueKind != JsonValueKind.String ? Mismatch(json, CelType.Double)
            : double.TryParse(json.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var named) ? Value.Of(named)
            : Mismatch(json, CelType.Double);
    }

    static Value ReadText(JsonElement json, CelType type)
    {
        var text = json.GetString()!;
        switch (type.Kind)
        {
            case TypeKind.String:
                return Value.Of(text);
            case TypeKind.Timestamp when TimeText.ReadTimestamp(text) is { } instant:
                return Value.Of(instant);
            case TypeKind.Duration when TimeText.ReadDuration(text) is { } nanoseconds:
                return Value.Duration(nanoseconds);
            // As .NET writes it.
            case TypeKind.Duration when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span):
                return FactReader<TimeSpan>.Read(span);
            case TypeKind.Bytes when json.TryGetBytesFromBase64(out var bytes):
                return Value.Of(bytes);
            default:
                return Mismatch(json, type);
        }
    }

    static Value ReadList(JsonElement json, CelType element)
    {
        var items = new Value[json.GetArrayLength()];
        var at = 0;
        foreach (var item in json.EnumerateArray())
            items[at++] = Read(item, element);
        return Value.Of(ListValue.Of(items));
    }

    static Value ReadMap(JsonElement json, CelType type)
    {
        var entries = json.EnumerateObject().OrderBy(entry => entry.Name, StringComparer.Ordinal).ToArray();
        return MapValue.Create(
            [.. entries.Select(entry => Value.Of(entry.Name))], [.. entries.Select(entry => Read(entry.Value, type))]);
    }

    sealed class DocumentRecord(RecordType type, JsonElement json) : RecordValue(type)
    {
        public override Value this[int field]
        {
            get
            {
                var declared = Type.Fields[field];
                // Journals that were written before there was this language have the names of the properties.
                return json.TryGetProperty(declared.DocumentName.EncodedUtf8Bytes, out var value)
                    || json.TryGetProperty(declared.PropertyName.EncodedUtf8Bytes, out value)
                    ? Read(value, declared.Type)
                    : Value.Fail($"the field '{declared.Name}' of a {Type.Name} is not in the record");
            }
        }
    }

    /// <summary>As what any serializer of JSON writes; a map keeps its order.</summary>
    public static object? Plain(Value value)
    {
        switch (value.Kind)
        {
            case Kind.Bool:
                return value.AsBool;
            case Kind.Int:
                return value.AsInt;
            case Kind.UInt:
                return value.AsUInt;
            case Kind.Double:
                return double.IsFinite(value.AsDouble) ? value.AsDouble : ValueText.Of(value.AsDouble);
            case Kind.String:
                return value.AsString;
            case Kind.Bytes:
                return Convert.ToBase64String(value.AsBytes);
            case Kind.List:
                return Enumerable.Range(0, value.AsList.Count).Select(at => Plain(value.AsList[at])).ToArray();
            case Kind.Map:
                var map = value.AsMap;
                return Enumerable.Range(0, map.Count).ToDictionary(at => ValueText.Of(map.Keys[at]), at => Plain(map.Values[at]));
            case Kind.Record:
                var record = value.AsRecord;
                return Enumerable.Range(0, record.Type.Fields.Count)
                    .ToDictionary(at => record.Type.Fields[at].Name, at => Plain(record[at]));
            case Kind.Null or Kind.Error:
                return null;
            default:
                return ValueText.Of(value);
        }
    }
}
