using System.Text.Json;

namespace Resonance.Engine.Rules.Language;

/// <summary>Where the evaluator gets its facts.</summary>
abstract class FactsSource
{
    /// <param name="fact">Its place among the declarations.</param>
    public abstract Value Read(int fact);
}

/// <summary>Facts in memory.</summary>
sealed class ObjectFacts<TFacts>(TFacts facts) : FactsSource where TFacts : class
{
    public override Value Read(int fact) => FactRecord<TFacts>.ReaderOf(fact)(facts);
}

/// <summary>Values that are there already.</summary>
sealed class GivenFacts(IReadOnlyList<Value> values) : FactsSource
{
    public override Value Read(int fact) => values[fact];
}

/// <summary>Facts as they were recorded: an object of JSON with the names of the facts.</summary>
sealed class DocumentFacts(FactsType type, JsonElement document) : FactsSource
{
    readonly Value?[] _read = new Value?[type.Fields.Count];

    public override Value Read(int fact) => _read[fact] ??= Find(fact);

    Value Find(int fact)
    {
        var declared = type.Fields[fact];
        return document.ValueKind == JsonValueKind.Object && document.TryGetProperty(declared.DocumentName.EncodedUtf8Bytes, out var value)
            ? FactDocuments.Read(value, declared.Type)
            : Value.Fail($"the fact '{declared.Name}' is not in the record");
    }
}
