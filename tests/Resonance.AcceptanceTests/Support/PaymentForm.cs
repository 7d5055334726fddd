using System.Text.Json;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Support;

/// <summary>A payment as a foreign client writes it: bare JSON, by somebody who does not have the contracts' assembly.</summary>
sealed record PaymentForm
{
    public Guid PaymentId { get; init; } = NewId.NextGuid();

    public string Reference { get; init; } = "INVOICE-1";

    public decimal Amount { get; init; } = 49.90m;

    public string Currency { get; init; } = "EUR";

    public string CardToken { get; init; } = "tok_visa";

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
