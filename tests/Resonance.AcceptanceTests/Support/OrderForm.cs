using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Support;

/// <summary>An order as a foreign client writes it: bare JSON, by somebody who does not have the contracts' assembly.</summary>
sealed record OrderForm
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public Guid OrderId { get; init; } = NewId.NextGuid();

    public string? OrderNumber { get; init; }

    /// <summary>Somebody else for each order: those of one customer go one after the other.</summary>
    public string CustomerId { get; init; } = $"customer-{NewId.NextGuid():N}";

    public string Currency { get; init; } = "EUR";

    public IReadOnlyList<OrderFormLine> Lines { get; init; } = [new("SKU-1001", 2, 19.99m)];

    public string CardToken { get; init; } = "tok_visa";

    public int? Priority { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    /// <summary>The same order in MassTransit's envelope, content type <see cref="EnvelopeType"/>.</summary>
    public string ToEnvelope(Guid messageId) => Envelope(messageId, "Resonance.Contracts.Orders:SubmitOrder", ToJson());

    public const string EnvelopeType = "application/vnd.masstransit+json";

    /// <summary>Puts bare JSON into MassTransit's envelope.</summary>
    public static string Envelope(Guid messageId, string contract, string json) =>
        $$"""
        {
          "messageId": "{{messageId}}",
          "conversationId": "{{NewId.NextGuid()}}",
          "messageType": ["urn:message:{{contract}}"],
          "message": {{json}}
        }
        """;
}

sealed record OrderFormLine(string Sku, int Quantity, decimal UnitPrice);
