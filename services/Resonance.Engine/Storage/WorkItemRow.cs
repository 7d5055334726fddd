using System.Text.Json;

namespace Resonance.Engine.Storage;

/// <summary>An item on its way into a work queue.</summary>
public sealed record WorkItemRow
{
    /// <summary>The queue's name.</summary>
    public required string Queue { get; init; }

    /// <summary>The item's id; unique in its queue.</summary>
    public required Guid Id { get; init; }

    /// <summary>Those of a group go one after the other.</summary>
    public string? GroupId { get; init; }

    /// <summary>What a limit for each key counts by.</summary>
    public string? LimitKey { get; init; }

    /// <summary>What makes a repeated item known; null for none.</summary>
    public string? DeduplicationId { get; init; }

    /// <summary>0 to 9.</summary>
    public required int Priority { get; init; }

    /// <summary>How long it stays invisible.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>What is to be done.</summary>
    public required byte[] Body { get; init; }

    /// <summary>A JSON object of texts.</summary>
    public string Attributes { get; init; } = "{}";

    internal static string Write(IReadOnlyDictionary<string, string> attributes) =>
        attributes.Count == 0 ? "{}" : JsonSerializer.Serialize(attributes);

    internal static IReadOnlyDictionary<string, string> ReadAttributes(string json) =>
        json == "{}" ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
}
