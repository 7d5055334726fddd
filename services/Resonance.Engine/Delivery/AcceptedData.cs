using System.Text.Json.Nodes;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Delivery;

/// <summary>
/// The data of a start that was accepted and not executed yet: the start message itself, so that it can be sent again when the broker has
/// lost it.
/// </summary>
static class AcceptedData
{
    const string MessageId = "messageId";
    const string Body = "body";

    public static string Of(OutboxMessage start) => new JsonObject
    {
        [Bookkeeping.StartName] = new JsonObject { [MessageId] = start.MessageId.ToString("D"), [Body] = JsonNode.Parse(start.Body) },
    }.ToJsonString();

    /// <returns>The start's id and its body; null when the row was accepted before they were kept.</returns>
    public static (Guid MessageId, JsonNode Body)? Read(string data) =>
        JsonNode.Parse(data) is JsonObject row && row[Bookkeeping.StartName] is JsonObject start && start[Body] is { } body
            && Guid.TryParse(start[MessageId]?.GetValue<string>(), out var id)
            ? (id, body)
            : null;
}
