using System.Diagnostics;
using MassTransit;
using MassTransit.Transports;
using Resonance.Engine.Storage;

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
        // The body first: serialising is what writes the headers that the envelope keeps.
        var body = context.Serializer.GetMessageBody(context).GetBytes();
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

    public static OutgoingMessage FromRow(OutboxMessage row) => new(row, StoredEnvelope.FromJson(row.Envelope));
}
