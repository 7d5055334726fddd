using System.Text.Json;
using System.Text.Json.Nodes;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Storage.Queries;

/// <summary>An instance's data as people see it, apart from what the engine keeps beside it.</summary>
/// <param name="Shown">The data without the engine's own member.</param>
/// <param name="SuspensionCause">Why the instance is suspended; null when it is not, or when the engine does not say.</param>
public sealed record InstanceData(JsonObject Shown, string? SuspensionCause)
{
    static readonly string Suspension = JsonNamingPolicy.CamelCase.ConvertName(nameof(Bookkeeping.Suspension));
    static readonly string WhyEnded = JsonNamingPolicy.CamelCase.ConvertName(nameof(Bookkeeping.Reason));
    static readonly string Cause = JsonNamingPolicy.CamelCase.ConvertName(nameof(Definitions.Suspension.Cause));

    /// <summary>Why the instance failed or was cancelled; null when it did not, or when the engine does not say.</summary>
    public string? Reason { get; init; }

    /// <param name="data">An instance's data as stored, whichever version of the engine wrote it.</param>
    public static InstanceData Read(string data)
    {
        if (JsonNode.Parse(data) is not JsonObject shown)
            return new InstanceData([], null);

        var engine = shown[Bookkeeping.JsonName] as JsonObject;
        shown.Remove(Bookkeeping.JsonName);
        shown.Remove(Bookkeeping.StartName);
        return new InstanceData(shown, Text((engine?[Suspension] as JsonObject)?[Cause])) { Reason = Text(engine?[WhyEnded]) };
    }

    static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
