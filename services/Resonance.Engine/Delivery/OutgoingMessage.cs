using System.Diagnostics;
using MassTransit;
using MassTransit.Transports;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Delivery;

/// <summary>A captured message: the row that is stored, and its envelope at hand so that sending from memory parses nothing.</summary>
sealed record OutgoingMessage(OutboxMessage Row, StoredEnvelope Envelope)
{
    /// <summary>Serialises a message as it would have left.</summary>
    /// <param name="context">The message.</param>
    /// <param name="workflowId">The instance that sends it.</param>
    /// <param name="published">Whether it is published, to nobody perhaps; what is sent has to arrive.</param>
    public static OutgoingMessage Capture<T>(SendContext<T> context, Guid? workflowId, bool published) where T : class
    {
        // Other serializers write headers while they serialise, and the envelope keeps those; ours writes its own when the message leaves.
        var body = context.Serializer is ContractSerializer
            ? ContractSerializer.Body(context.Message)
            : context.Serializer.GetMessageBody(context).GetBytes();
        var envelope = StoredEnvelope.From(context, mandatory: !published);
        return new OutgoingMessage(
            new OutboxMessage
            {
                MessageId = context.MessageId ?? NewId.NextGuid(),
                WorkflowId = workflowId,
                Destination = Addresses.Portable(context.DestinationAddress!),
                ContentType = context.Serializer.ContentType.MediaType,
                Body = body,
                Envelope = envelope.ToJson(),
                TraceParent = Activity.Current?.Id,
            },
            envelope);
    }

    /// <summary>Serialises a message for an endpoint without sending it.</summary>
    public static async Task<OutgoingMessage> CaptureAsync<T>(
        ISendEndpoint endpoint, T message, IPipe<SendContext<T>> pipe, Guid? workflowId, CancellationToken cancellationToken) where T : class
    {
        var transport = (ITransportSendEndpoint)endpoint;
        return Capture(await transport.CreateSendContext(message, pipe, cancellationToken), workflowId, published: false);
    }

    /// <summary>
    /// A message that an instance sends to itself later. It goes through no send pipe: the engine's own messages have nothing that could
    /// be configured, and nearly every step sets one.
    /// </summary>
    public static OutgoingMessage ForTimer<T>(ConsumeContext context, Uri destination, T message, Guid workflowId, Guid token) where T : class =>
        ToItself(destination, message, workflowId, StoredEnvelope.ToItself<T>(context, workflowId, token));

    /// <summary>A message that an instance sends to itself when its turn comes; through no send pipe either.</summary>
    public static OutgoingMessage ToItself<T>(ConsumeContext context, Uri destination, T message, Guid workflowId) where T : class =>
        ToItself(destination, message, workflowId, StoredEnvelope.ToItself<T>(context, workflowId, token: null));

    static OutgoingMessage ToItself<T>(Uri destination, T message, Guid workflowId, StoredEnvelope envelope) where T : class
    {
        return new OutgoingMessage(
            new OutboxMessage
            {
                MessageId = NewId.NextGuid(),
                WorkflowId = workflowId,
                Destination = Addresses.Portable(destination),
                ContentType = ContractSerializer.Json.MediaType,
                Body = ContractSerializer.Body(message),
                Envelope = envelope.ToJson(),
                TraceParent = Activity.Current?.Id,
            },
            envelope);
    }

    /// <summary>An event of the engine's own, published to whoever listens. It goes through no send pipe either.</summary>
    public static OutgoingMessage ForNotice<T>(string destination, T message) where T : class
    {
        var envelope = new StoredEnvelope { Types = MessageTypeCache<T>.MessageTypeNames };
        return new OutgoingMessage(
            new OutboxMessage
            {
                MessageId = NewId.NextGuid(),
                Destination = destination,
                ContentType = ContractSerializer.Json.MediaType,
                Body = ContractSerializer.Body(message),
                Envelope = envelope.ToJson(),
                TraceParent = TraceIds.Untraced(),
            },
            envelope);
    }

    /// <summary>The same message under an id that follows from what was asked: asked for again, it is the same message again.</summary>
    public OutgoingMessage Named(Guid? id) => id is { } given ? this with { Row = Row with { MessageId = given } } : this;

    public static OutgoingMessage FromRow(OutboxMessage row) => new(row, StoredEnvelope.FromJson(row.Envelope));
}
