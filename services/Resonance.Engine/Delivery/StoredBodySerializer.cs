using System.Net.Mime;
using MassTransit;

namespace Resonance.Engine.Delivery;

/// <summary>Gives out a body that was serialised before.</summary>
sealed class StoredBodySerializer(ContentType contentType, byte[] body) : IMessageSerializer
{
    public ContentType ContentType => contentType;

    public MessageBody GetMessageBody<T>(SendContext<T> context) where T : class
    {
        // Bare JSON says in headers what an envelope says in the body.
        if (contentType.MediaType == ContractSerializer.Json.MediaType)
            ContractSerializer.WriteHeaders(context);
        return new BytesMessageBody(body);
    }
}
