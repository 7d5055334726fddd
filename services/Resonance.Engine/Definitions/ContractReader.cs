using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Unicode;

namespace Resonance.Engine.Definitions;

/// <summary>A contract message that was read, or everything that is wrong with it.</summary>
/// <param name="Message">The message; null when there are errors.</param>
/// <param name="Errors">
/// What to change, by field: <c>orderId</c>, <c>lines[0].quantity</c>, <c>$</c> for the document as a whole. Empty when all is well.
/// </param>
public sealed record ContractResult(object? Message, IReadOnlyDictionary<string, string[]> Errors);

/// <summary>Reads contract messages from JSON and holds them to what their contract says, naming every error at once.</summary>
/// <remarks>
/// Stricter than a serializer: RFC 8259 without comments or trailing commas, no member twice, no null where the contract has no
/// <c>?</c>, no number that does not fit. Names are camelCase and case does not matter; members that the contract does not know are
/// ignored. Once types and names are right, the contract's validation attributes are checked, nested records and lists included.
/// </remarks>
public static class ContractReader
{
    /// <summary>Deepest nesting that is read; deeper documents are refused.</summary>
    public const int DepthMax = 32;

    /// <summary>Most errors that one document is told.</summary>
    public const int ErrorsMax = ContractFindings.Most;

    static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = DepthMax };
    static readonly FrozenDictionary<string, string[]> NoErrors = FrozenDictionary<string, string[]>.Empty;
    static readonly ConcurrentDictionary<Type, ContractShape> Shapes = new();

    /// <summary>Reads a message from UTF-8 JSON.</summary>
    /// <param name="contract">The contract: a record.</param>
    /// <param name="json">The document; a byte order mark is skipped.</param>
    /// <exception cref="NotSupportedException">The contract is not one that JSON can be read into.</exception>
    public static ContractResult Read(Type contract, ReadOnlyMemory<byte> json)
    {
        var findings = new ContractFindings();
        var shape = ShapeOf(contract);
        var message = ReadShape(shape, WithoutByteOrderMark(json), findings);
        if (message is not null && shape.HasRules)
            RuleCheck.Check(shape, message, findings);
        return findings.None ? new ContractResult(message, NoErrors) : new ContractResult(null, findings.ToErrors());
    }

    /// <summary>Holds a message that was deserialized elsewhere to the validation attributes of its contract.</summary>
    /// <returns>What to change, by field; empty when all is well, at no cost when the contract has no attributes.</returns>
    public static IReadOnlyDictionary<string, string[]> Validate(object message)
    {
        var shape = ShapeOf(message.GetType());
        if (!shape.HasRules)
            return NoErrors;

        var findings = new ContractFindings();
        RuleCheck.Check(shape, message, findings);
        return findings.None ? NoErrors : findings.ToErrors();
    }

    /// <summary>Whether <see cref="Validate"/> could ever find anything: the contract, or one inside it, has attributes.</summary>
    public static bool HasRules(Type contract) => ShapeOf(contract).HasRules;

    static ContractShape ShapeOf(Type contract) =>
        Shapes.TryGetValue(contract, out var known) ? known : Shapes.GetOrAdd(contract, ContractShape.Of(contract));

    static object? ReadShape(ContractShape shape, ReadOnlyMemory<byte> json, ContractFindings findings)
    {
        if (json.IsEmpty)
            return findings.AddToDocument("The document is empty; send a JSON object.");
        if (!Utf8.IsValid(json.Span))
            return findings.AddToDocument("The document is not UTF-8; encode it as UTF-8.");

        try
        {
            using var document = JsonDocument.Parse(json, DocumentOptions);
            ShapeCheck.Check(shape, document.RootElement, findings);
            return findings.None ? Deserialize(shape, document.RootElement, findings) : null;
        }
        catch (JsonException malformed)
        {
            return findings.AddToDocument(
                $"The document is not valid JSON at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}: " +
                WithoutPosition(malformed.Message));
        }
    }

    static object? Deserialize(ContractShape shape, JsonElement root, ContractFindings findings)
    {
        try
        {
            return root.Deserialize(shape.Json);
        }
        catch (JsonException refused)
        {
            // Types that the shape check leaves to their own converter end here, one error at a time.
            var path = refused.Path is null or "$" ? ContractFindings.Document : refused.Path.Replace("$.", "", StringComparison.Ordinal);
            findings.AddAt(path, WithoutPosition(refused.InnerException?.Message ?? refused.Message));
            return null;
        }
    }

    /// <summary>The serializer repeats path and position at the end of its messages.</summary>
    static string WithoutPosition(string message)
    {
        var cut = message.AsSpan();
        foreach (var tail in (ReadOnlySpan<string>)[" Path: ", " LineNumber: "])
        {
            if (cut.IndexOf(tail, StringComparison.Ordinal) is var at and > 0)
                cut = cut[..at];
        }

        return cut.ToString();
    }

    static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> json) =>
        json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;
}
