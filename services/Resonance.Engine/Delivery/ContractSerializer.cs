using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using MassTransit.Serialization;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Delivery;

/// <summary>Writes and reads messages as the bare JSON of their contract; what an envelope would hold travels in headers.</summary>
/// <remarks>
/// A foreign client needs no envelope, and no process pays for one: the body is read once, straight into the contract.
/// Bare JSON carries no type. Our own messages name it in <c>MT-MessageType</c>; for a foreign client's, <see cref="DeliveryContract"/>
/// takes it from the exchange that the message was published to. A message whose type stays unknown is refused, never guessed at.
/// </remarks>
sealed class ContractSerializer : IMessageSerializer, IMessageDeserializer, ISerializerFactory, IObjectDeserializer
{
    public static readonly ContentType Json = new("application/json");

    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = 32,

        // Contracts that are interfaces, MassTransit's own faults among them.
        Converters = { new MassTransit.Serialization.JsonConverters.SystemTextJsonConverterFactory() },
    };

    public ContentType ContentType => Json;

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    public void Probe(ProbeContext context) => context.CreateScope("contract-json").Add("contentType", Json.MediaType);

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public MessageBody GetMessageBody<T>(SendContext<T> context) where T : class
    {
        WriteHeaders(context);
        return new BytesMessageBody(Body(context.Message));
    }

    /// <summary>The JSON of a message, headers apart.</summary>
    public static byte[] Body<T>(T message) where T : class => JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), Options);

    public MassTransit.ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        var mediaType = receiveContext.ContentType?.MediaType;
        if (mediaType is not null and not "application/json" and not "application/octet-stream")
        {
            throw new SerializationException(
                $"The content type '{mediaType}' cannot be read. Publish bare JSON as 'application/json', or MassTransit's envelope as " +
                "'application/vnd.masstransit+json'.");
        }

        var types = DeliveryContract.TypesOf(receiveContext);
        return new BodyConsumeContext(receiveContext, new ContractSerializerContext(
            this, receiveContext.Body, types, new HeaderMessageContext(receiveContext.TransportHeaders, receiveContext.InputAddress)));
    }

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        new ContractSerializerContext(this, body, DeliveryContract.TypesOf(headers), new HeaderMessageContext(headers, destinationAddress));

    public T? DeserializeObject<T>(object? value, T? defaultValue = null) where T : class => value switch
    {
        null => defaultValue,
        T typed => typed,
        string text when string.IsNullOrWhiteSpace(text) => defaultValue,
        string text when typeof(T) == typeof(Uri) => new Uri(text) as T,
        string text => JsonSerializer.Deserialize<T>(text, Options),
        _ => JsonSerializer.SerializeToElement(value, Options).Deserialize<T>(Options),
    };

    public T? DeserializeObject<T>(object? value, T? defaultValue = null) where T : struct => value switch
    {
        null => defaultValue,
        T typed => typed,
        string text when string.IsNullOrWhiteSpace(text) => defaultValue,
        string text => JsonSerializer.SerializeToElement(text, Options).Deserialize<T>(Options),
        _ => JsonSerializer.SerializeToElement(value, Options).Deserialize<T>(Options),
    };

    public MessageBody SerializeObject(object? value) => new BytesMessageBody(JsonSerializer.SerializeToUtf8Bytes(value, Options));

    /// <summary>Puts into the headers what an envelope would hold.</summary>
    public static void WriteHeaders(SendContext context)
    {
        var headers = context.Headers;
        headers.Set(MessageHeaders.MessageType, string.Join(';', context.SupportedMessageTypes));
        Set(MessageHeaders.MessageId, context.MessageId);
        Set(MessageHeaders.CorrelationId, context.CorrelationId);
        Set(MessageHeaders.ConversationId, context.ConversationId);
        Set(MessageHeaders.InitiatorId, context.InitiatorId);
        Set(MessageHeaders.RequestId, context.RequestId);
        SetAddress(MessageHeaders.ResponseAddress, context.ResponseAddress);
        SetAddress(MessageHeaders.FaultAddress, context.FaultAddress);

        void Set(string name, Guid? id)
        {
            if (id is { } value)
                headers.Set(name, value.ToString());
        }

        void SetAddress(string name, Uri? address)
        {
            if (address is not null)
                headers.Set(name, address.ToString());
        }
    }
}

/// <summary>One bare JSON body with the message types that it stands for.</summary>
sealed class ContractSerializerContext(
    ContractSerializer serializer, MessageBody body, string[] types, HeaderMessageContext message) : SerializerContext
{
    public string[] SupportedMessageTypes => types;

    public Guid? MessageId => message.MessageId;
    public Guid? RequestId => message.RequestId;
    public Guid? CorrelationId => message.CorrelationId;
    public Guid? ConversationId => message.ConversationId;
    public Guid? InitiatorId => message.InitiatorId;
    public DateTime? ExpirationTime => null;
    public Uri? SourceAddress => message.SourceAddress;
    public Uri? DestinationAddress => message.DestinationAddress;
    public Uri? ResponseAddress => message.ResponseAddress;
    public Uri? FaultAddress => message.FaultAddress;
    public DateTime? SentTime => null;
    public Headers Headers => message.Headers;
    public HostInfo Host => message.Host;

    public bool IsSupportedMessageType<T>() where T : class => IsSupported(MessageUrn.ForTypeString<T>());

    public bool IsSupportedMessageType(Type messageType) => IsSupported(MessageUrn.ForTypeString(messageType));

    public bool TryGetMessage<T>(out T? message) where T : class
    {
        message = null;
        if (!IsSupportedMessageType<T>())
            return false;

        message = (T)Read(typeof(T));
        return true;
    }

    public bool TryGetMessage(Type messageType, [NotNullWhen(true)] out object? message)
    {
        message = IsSupportedMessageType(messageType) ? Read(messageType) : null;
        return message is not null;
    }

    public IMessageSerializer GetMessageSerializer() => new StoredBodySerializer(ContractSerializer.Json, body.GetBytes());

    public IMessageSerializer GetMessageSerializer<T>(MessageEnvelope envelope, T message) where T : class => serializer;

    public IMessageSerializer GetMessageSerializer(object message, string[] messageTypes) => serializer;

    public Dictionary<string, object> ToDictionary<T>(T? message) where T : class => message is null
        ? []
        : JsonSerializer.SerializeToElement(message, ContractSerializer.Options).Deserialize<Dictionary<string, object>>()!;

    public T? DeserializeObject<T>(object? value, T? defaultValue = null) where T : class => serializer.DeserializeObject(value, defaultValue);

    public T? DeserializeObject<T>(object? value, T? defaultValue = null) where T : struct => serializer.DeserializeObject(value, defaultValue);

    public MessageBody SerializeObject(object? value) => serializer.SerializeObject(value);

    bool IsSupported(string urn) => Array.Exists(types, type => string.Equals(type, urn, StringComparison.OrdinalIgnoreCase));

    object Read(Type contract)
    {
        var bytes = body.GetBytes();
        try
        {
            return JsonSerializer.Deserialize(bytes, contract, ContractSerializer.Options)
                ?? throw new ContractRefusedException(contract, "The body is null; send a JSON object.");
        }
        catch (JsonException exception)
        {
            // Read it again the slow way, which finds everything that is wrong and says it in words.
            var errors = ContractReader.Read(contract, bytes).Errors;
            throw errors.Count > 0 ? ContractRefusedException.For(contract, errors) : new ContractRefusedException(contract, exception.Message);
        }
    }
}

/// <summary>What stands in the headers of a message instead of an envelope.</summary>
sealed class HeaderMessageContext(Headers headers, Uri? destinationAddress) : MessageContext
{
    public Guid? MessageId => Id(MessageHeaders.MessageId);
    public Guid? RequestId => Id(MessageHeaders.RequestId);
    public Guid? CorrelationId => Id(MessageHeaders.CorrelationId);
    public Guid? ConversationId => Id(MessageHeaders.ConversationId);
    public Guid? InitiatorId => Id(MessageHeaders.InitiatorId);
    public DateTime? ExpirationTime => null;
    public Uri? SourceAddress => Address(MessageHeaders.SourceAddress);
    public Uri? DestinationAddress => destinationAddress;
    public Uri? ResponseAddress => Address(MessageHeaders.ResponseAddress);
    public Uri? FaultAddress => Address(MessageHeaders.FaultAddress);
    public DateTime? SentTime => null;
    public Headers Headers => headers;
    public HostInfo Host => MassTransit.Metadata.HostMetadataCache.Empty;

    Guid? Id(string name) => headers.TryGetHeader(name, out var value)
        ? value switch
        {
            Guid id => id,
            string text when Guid.TryParse(text, out var id) => id,
            _ => null,
        }
        : null;

    Uri? Address(string name) => headers.TryGetHeader(name, out var value)
        ? value switch
        {
            Uri address => address,
            string text when Uri.TryCreate(text, UriKind.Absolute, out var address) => address,
            _ => null,
        }
        : null;
}
