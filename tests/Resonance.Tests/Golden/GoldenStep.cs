using System.Text.Json;
using System.Text.Json.Nodes;

namespace Resonance.Tests.Golden;

/// <summary>A step that a release took: the instance before it, the message, and what came of it.</summary>
sealed record GoldenStep
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The instance; stands in data and message as well.</summary>
    public required Guid Id { get; init; }

    public required string Type { get; init; }

    /// <summary>State before the step, PascalCase.</summary>
    public required string From { get; init; }

    public required string Status { get; init; }

    /// <summary>The instance's data before the step, as it was stored.</summary>
    public required JsonNode Data { get; init; }

    /// <summary>Full name of the message's contract.</summary>
    public required string Contract { get; init; }

    public required JsonNode Message { get; init; }

    /// <summary>State after the step, PascalCase.</summary>
    public required string To { get; init; }

    /// <summary>What the step rejected; null when it rejected nothing.</summary>
    public string? Rejected { get; init; }

    public override string ToString() => $"{Type} {From} --{Contract.Split('.')[^1]}--> {To}{(Rejected is null ? "" : " (rejected)")}";

    /// <summary>The same step of another instance.</summary>
    public GoldenStep Of(Guid id)
    {
        var text = JsonSerializer.Serialize(this, Json)
            .Replace(Id.ToString("D"), id.ToString("D"), StringComparison.Ordinal)
            .Replace(Id.ToString("N"), id.ToString("N"), StringComparison.Ordinal);
        return JsonSerializer.Deserialize<GoldenStep>(text, Json)!;
    }
}
