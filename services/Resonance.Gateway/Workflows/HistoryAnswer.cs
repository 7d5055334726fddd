using System.Text.Json.Nodes;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Gateway.Workflows;

/// <summary>One step of an instance.</summary>
sealed record HistoryAnswer
{
    /// <summary>1 for the first step, then without gaps.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>What caused the step, e.g. <c>SubmitOrder</c>.</summary>
    public required string Event { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    /// <summary>The facts of the step, each an object with a <c>kind</c>.</summary>
    public required JsonArray Entries { get; init; }

    /// <summary>Chains the step to the one before: SHA-256, 64 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>W3C id of the trace that the step was taken in; null when it was in none.</summary>
    public required string? TraceId { get; init; }

    /// <summary>Where the trace can be seen; null unless <c>Observability:TraceUrl</c> says.</summary>
    public required string? TraceUrl { get; init; }

    public static HistoryAnswer Of(HistoryStep step, ObservabilityOptions observability)
    {
        var traceId = ObservabilityOptions.TraceIdOf(step.TraceParent);
        return new HistoryAnswer
        {
            Sequence = step.Sequence,
            OccurredAt = step.OccurredAt,
            Event = step.Event,
            From = StateNames.ToScreen(step.From),
            To = StateNames.ToScreen(step.To),
            Entries = EntriesOf(step.Entries),
            Hash = Convert.ToHexStringLower(step.Hash),
            TraceId = traceId,
            TraceUrl = observability.LinkTo(traceId),
        };
    }

    static JsonArray EntriesOf(string json)
    {
        var entries = JsonNode.Parse(json) as JsonArray ?? [];
        foreach (var entry in entries.OfType<JsonObject>())
        {
            switch (entry["kind"]?.ToString())
            {
                case "stateChanged":
                    ShowState(entry, "from");
                    ShowState(entry, "to");
                    break;
                case "eventRejected":
                    ShowState(entry, "state");
                    break;
            }
        }

        return entries;
    }

    /// <summary>A state has one name on screen, wherever it stands.</summary>
    static void ShowState(JsonObject entry, string member)
    {
        if (entry[member] is JsonValue value && value.TryGetValue<string>(out var state))
            entry[member] = StateNames.ToScreen(state);
    }
}
