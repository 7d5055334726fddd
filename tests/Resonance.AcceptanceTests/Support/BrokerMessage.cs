using System.Text;
using RabbitMQ.Client;

namespace Resonance.AcceptanceTests.Support;

/// <summary>A message as it lies in a queue.</summary>
sealed record BrokerMessage(
    string Exchange,
    string RoutingKey,
    bool Redelivered,
    IReadOnlyBasicProperties Properties,
    string Body)
{
    /// <summary>The headers with their text as text: AMQP strings arrive as bytes.</summary>
    public IReadOnlyDictionary<string, object?> Headers { get; } = (Properties.Headers ?? new Dictionary<string, object?>())
        .ToDictionary(header => header.Key, header => header.Value is byte[] text ? Encoding.UTF8.GetString(text) : header.Value);

    // Copied: the result's memory belongs to the client and is used again.
    internal static BrokerMessage From(BasicGetResult result) => new(
        result.Exchange,
        result.RoutingKey,
        result.Redelivered,
        new BasicProperties(result.BasicProperties),
        Encoding.UTF8.GetString(result.Body.Span));
}

/// <param name="Name">The queue.</param>
/// <param name="Ready">Messages that wait for a consumer; exact.</param>
/// <param name="Unacknowledged">
/// Messages that a consumer holds, from the broker's statistics: up to five seconds old, so wait for it, never look once.
/// </param>
/// <param name="Consumers">How many consume from the queue; exact.</param>
sealed record QueueDepth(string Name, int Ready, int Unacknowledged, int Consumers);
