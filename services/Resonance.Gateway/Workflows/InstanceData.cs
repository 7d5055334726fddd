using System.Text.Json;
using System.Text.Json.Nodes;

namespace Resonance.Gateway.Workflows;

/// <summary>An instance's data as people see it, apart from what the engine keeps beside it.</summary>
/// <param name="Shown">The data without the engine's own member.</param>
/// <param name="SuspensionCause">Why the instance is suspended; null when it is not, or when the engine does not say.</param>
sealed record InstanceData(JsonObject Shown, string? SuspensionCause)
{
    const string EngineMember = "$engine";

    public static InstanceData Read(string data)
    {
        if (JsonNode.Parse(data) is not JsonObject shown)
            return new InstanceData([], null);

        var engine = shown[EngineMember] as JsonObject;
        shown.Remove(EngineMember);
        var cause = (engine?["suspension"] as JsonObject)?["cause"];
        return new InstanceData(shown, cause?.GetValueKind() == JsonValueKind.String ? cause.GetValue<string>() : null);
    }
}
