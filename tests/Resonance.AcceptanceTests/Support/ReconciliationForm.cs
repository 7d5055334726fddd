using System.Text.Json;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Support;

/// <summary>A reconciliation of the two hours around now, as a foreign client writes it.</summary>
sealed record ReconciliationForm
{
    public Guid ReconciliationId { get; init; } = NewId.NextGuid();

    public string Provider { get; init; } = "simulated";

    public DateTimeOffset From { get; init; } = TimeProvider.System.GetUtcNow().AddHours(-1);

    public DateTimeOffset To { get; init; } = TimeProvider.System.GetUtcNow().AddHours(1);

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
