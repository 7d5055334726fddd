using System.Globalization;
using System.Text.Json;
using Resonance.Engine.Rules.Language;

namespace Resonance.Tests.Rules.Conformance;

/// <summary>One case of the public suite. README.md has the format.</summary>
sealed record ConformanceCase(
    string Suite, string Section, string Name, string Source, JsonElement Bindings, bool IsChecked, JsonElement Expected)
{
    public string Id => $"{Suite}/{Section}/{Name}";

    /// <summary>Whether it gives true or false, and is about nothing but itself.</summary>
    public bool IsVerdict => Expected.GetProperty("type").GetString() == "bool" && !Bindings.EnumerateObject().Any();

    public bool ExpectsTrue => Expected.GetProperty("value").GetBoolean();

    public static IReadOnlyList<ConformanceCase> All { get; } = Load();

    static ConformanceCase[] Load()
    {
        using var stream = typeof(ConformanceCase).Assembly.GetManifestResourceStream("Resonance.Tests.Rules.Conformance.cases.json")!;
        return [.. JsonDocument.Parse(stream).RootElement.EnumerateArray().Select(item => new ConformanceCase(
            item.GetProperty("suite").GetString()!,
            item.GetProperty("section").GetString()!,
            item.GetProperty("name").GetString()!,
            item.GetProperty("expr").GetString()!,
            item.GetProperty("bindings"),
            !item.TryGetProperty("unchecked", out var isUnchecked) || !isUnchecked.GetBoolean(),
            item.GetProperty("expect")))];
    }

    /// <returns>What is wrong; null when all is as expected.</returns>
    public string? Run()
    {
        var actual = Evaluate(out var error);
        if (Expected.GetProperty("type").GetString() == "error")
            return actual is null || actual.Value.IsError ? null : $"{Id}: {Source} gave {ValueText.Of(actual.Value)}, expected an error";
        if (actual is not { IsError: false } value)
            return $"{Id}: {Source} failed: {error ?? actual?.AsError.Message}";

        var expected = Read(Expected);
        return IsExactly(value, expected)
            ? null
            : $"{Id}: {Source} gave {value.TypeName} {ValueText.Of(value)}, expected {expected.TypeName} {ValueText.Of(expected)}";
    }

    // Null when it was refused before it was evaluated.
    Value? Evaluate(out string? refusal)
    {
        var bindings = Bindings.EnumerateObject().Select(binding => (binding.Name, Value: Read(binding.Value))).ToArray();
        var declarations = new Declarations([.. bindings.Select(binding => new Declaration(binding.Name, TypeOf(binding.Value)))]);
        var facts = new GivenFacts([.. bindings.Select(binding => binding.Value)]);
        var syntax = Parser.Parse(Source, LanguageLimits.Default, out var error);
        refusal = error?.ToString();
        if (syntax is null)
            return null;
        if (!IsChecked)
            return Checker.Bind(Source, syntax, declarations).Evaluate(facts, LanguageLimits.Default.Cost).Value;

        var (expression, errors) = Checker.Check(Source, syntax, declarations, wanted: null);
        refusal = string.Join("; ", errors);
        return errors.Count > 0 ? null : expression.Evaluate(facts, LanguageLimits.Default.Cost).Value;
    }

    static CelType TypeOf(Value value) => value.Kind switch
    {
        Kind.Null => CelType.Null,
        Kind.Bool => CelType.Bool,
        Kind.Int => CelType.Int,
        Kind.UInt => CelType.UInt,
        Kind.Double => CelType.Double,
        Kind.String => CelType.String,
        Kind.Bytes => CelType.Bytes,
        Kind.Timestamp => CelType.Timestamp,
        Kind.Duration => CelType.Duration,
        Kind.Type => CelType.Type,
        Kind.List => CelType.List(CelType.Dyn),
        Kind.Map => CelType.Map(CelType.Dyn, CelType.Dyn),
        _ => CelType.Dyn,
    };

    static Value Read(JsonElement json)
    {
        var value = json.TryGetProperty("value", out var found) ? found : default;
        switch (json.GetProperty("type").GetString())
        {
            case "null":
                return Value.Null;
            case "bool":
                return Value.Of(value.GetBoolean());
            case "int":
                return Value.Of(long.Parse(value.GetString()!, CultureInfo.InvariantCulture));
            case "uint":
                return Value.Of(ulong.Parse(value.GetString()!, CultureInfo.InvariantCulture));
            case "double":
                return Value.Of(ReadDouble(value.GetString()!));
            case "string":
                return Value.Of(value.GetString()!);
            case "bytes":
                return Value.Of(value.GetBytesFromBase64());
            case "type":
                return Value.Type(value.GetString()!);
            case "list":
                return Value.Of(ListValue.Of([.. value.EnumerateArray().Select(Read)]));
            case "map":
                var entries = value.EnumerateArray().ToArray();
                return MapValue.Create([.. entries.Select(entry => Read(entry[0]))], [.. entries.Select(entry => Read(entry[1]))]);
            case "timestamp":
                return Value.Of(new Instant(Long(json, value, "seconds"), (int)Long(json, value, "nanos")));
            case "duration":
                return Value.Duration(Long(json, value, "seconds") * Instant.NanosPerSecond + Long(json, value, "nanos"));
            case var other:
                throw new InvalidDataException($"There is no value of type {other}.");
        }
    }

    static double ReadDouble(string text) => text switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    static long Long(JsonElement json, JsonElement value, string name) => long.Parse(
        (json.TryGetProperty(name, out var part) ? part : value.GetProperty(name)).GetString()!, CultureInfo.InvariantCulture);

    // In the language 1, 1u and 1.0 are equal, but they are not the same result.
    static bool IsExactly(Value actual, Value expected)
    {
        if (actual.Kind != expected.Kind)
            return false;
        switch (actual.Kind)
        {
            case Kind.Double:
                return actual.AsDouble.Equals(expected.AsDouble);
            case Kind.List:
                return actual.AsList.Count == expected.AsList.Count
                    && Enumerable.Range(0, actual.AsList.Count).All(at => IsExactly(actual.AsList[at], expected.AsList[at]));
            case Kind.Map:
                return actual.AsMap.Count == expected.AsMap.Count && Enumerable.Range(0, actual.AsMap.Count).All(at =>
                    expected.AsMap.TryGet(actual.AsMap.Keys[at], out var other) && IsExactly(actual.AsMap.Values[at], other));
            default:
                var budget = new Budget(long.MaxValue);
                return Equality.AreSame(ref budget, actual, expected);
        }
    }
}
