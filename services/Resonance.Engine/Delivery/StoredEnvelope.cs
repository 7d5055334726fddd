using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;

namespace Resonance.Engine.Delivery;

/// <summary>Everything around a stored body that sending it again takes.</summary>
sealed record StoredEnvelope
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string[] Types { get; init; } = [];
    public Guid? RequestId { get; init; }
    public Guid? CorrelationId { get; init; }
    public Guid? ConversationId { get; init; }
    public Guid? InitiatorId { get; init; }
    public string? ResponseAddress { get; init; }
    public string? FaultAddress { get; init; }

    /// <summary>Milliseconds that the message is worth anything, from the time that it is sent.</summary>
    public double? TimeToLiveMs { get; init; }

    /// <summary>The broker must return it when no queue takes it: true for what is sent, false for what is published.</summary>
    public bool Mandatory { get; init; }

    /// <summary>0 to 255 on RabbitMQ; null leaves it to the broker.</summary>
    public byte? Priority { get; init; }

    public string? RoutingKey { get; init; }

    public Dictionary<string, string>? Headers { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    public static StoredEnvelope FromJson(string json) => JsonSerializer.Deserialize<StoredEnvelope>(json, Options)!;

    public static StoredEnvelope From<T>(SendContext<T> context, bool mandatory) where T : class
    {
        Dictionary<string, string>? headers = null;
        foreach (var (name, value) in context.Headers.GetAll())
        {
            if (!IsOfOneDelivery(name) && Text(value) is { } text)
                (headers ??= [])[name] = text;
        }

        return new StoredEnvelope
        {
            Types = context.SupportedMessageTypes,
            RequestId = context.RequestId,
            CorrelationId = context.CorrelationId,
            ConversationId = context.ConversationId,
            InitiatorId = context.InitiatorId,
            ResponseAddress = context.ResponseAddress?.ToString(),
            FaultAddress = context.FaultAddress?.ToString(),
            TimeToLiveMs = context.TimeToLive?.TotalMilliseconds,
            Mandatory = mandatory,
            Priority = context.TryGetPayload(out RabbitMqSendContext? rabbit) && rabbit.BasicProperties.IsPriorityPresent()
                ? rabbit.BasicProperties.Priority
                : null,
            RoutingKey = string.IsNullOrEmpty(rabbit?.RoutingKey) ? null : rabbit.RoutingKey,
            Headers = headers,
        };
    }

    /// <summary>As MassTransit would have it: the conversation goes on, and so do the headers that are not its own.</summary>
    public static StoredEnvelope ToItself<T>(ConsumeContext context, Guid workflowId, Guid? token) where T : class
    {
        var headers = new Dictionary<string, string>();
        if (token is { } timer)
            headers[MessageHeaders.SchedulingTokenId] = timer.ToString("D");
        foreach (var (name, value) in context.Headers.GetAll())
        {
            if (!name.StartsWith("MT-", StringComparison.Ordinal) && !IsOfOneDelivery(name) && Text(value) is { } text)
                headers[name] = text;
        }

        return new StoredEnvelope
        {
            Types = MessageTypeCache<T>.MessageTypeNames,
            CorrelationId = workflowId,
            ConversationId = context.ConversationId,
            InitiatorId = context.CorrelationId ?? context.RequestId,
            Mandatory = true,
            Headers = headers,
        };
    }

    /// <summary>Headers are handed on to what a consumer sends; these tell of one delivery, and not of what follows from it.</summary>
    static bool IsOfOneDelivery(string header) => header is MissingInstances.DeliveriesHeader or LostStarts.Header;

    static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? bool.TrueString : bool.FalseString,
        IFormattable formattable => formattable.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => JsonSerializer.Serialize(value, Options),
    };
}
