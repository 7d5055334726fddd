using Resonance.Engine.Storage;

namespace Resonance.Engine.Delivery;

/// <summary>The message that begins an instance, as it waits in a work queue: its body is the item's, the rest are the item's attributes.</summary>
static class AdmittedMessage
{
    const string MessageId = "messageId";
    const string Destination = "destination";
    const string ContentType = "contentType";
    const string Envelope = "envelope";
    const string TraceParent = "traceParent";

    /// <summary>The instance's key, for people.</summary>
    public const string Key = "key";

    public static string Keep(OutboxMessage message, string key)
    {
        var attributes = new Dictionary<string, string>
        {
            [Key] = key,
            [MessageId] = message.MessageId.ToString("D"),
            [Destination] = message.Destination,
            [ContentType] = message.ContentType,
            [Envelope] = message.Envelope,
        };
        if (message.TraceParent is { } trace)
            attributes[TraceParent] = trace;
        return WorkItemRow.Write(attributes);
    }

    public static OutboxMessage Restore(Guid workflowId, ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> attributes) => new()
    {
        MessageId = Guid.ParseExact(attributes[MessageId], "D"),
        WorkflowId = workflowId,
        Destination = attributes[Destination],
        ContentType = attributes[ContentType],
        Body = body.ToArray(),
        Envelope = attributes[Envelope],
        TraceParent = attributes.GetValueOrDefault(TraceParent),
    };
}
