using System.Runtime.Serialization;
using MassTransit;

namespace Resonance.Engine.Delivery;

/// <summary>Finds out which contract a delivery of bare JSON stands for.</summary>
static class DeliveryContract
{
    const string UrnPrefix = "urn:message:";

    /// <exception cref="SerializationException">Nothing names the contract.</exception>
    public static string[] TypesOf(ReceiveContext delivery)
    {
        var named = TypesOf(delivery.TransportHeaders);
        if (named.Length > 0)
            return named;

        if (delivery.TryGetPayload(out RabbitMqBasicConsumeContext? basic))
        {
            if (NamedByExchange(basic.Exchange) is { } published)
                return [published];

            if (basic.Properties.Type is { } type && type.Contains(':', StringComparison.Ordinal))
                return [type.StartsWith(UrnPrefix, StringComparison.Ordinal) ? type : UrnPrefix + type];
        }

        throw new SerializationException(
            "Nothing says which contract this JSON is. Publish it to the contract's exchange (for example " +
            "'Resonance.Contracts.Orders:SubmitOrder'), or name the contract in the property 'type' or the header 'MT-MessageType'.");
    }

    /// <returns>The contract that an exchange stands for; null when it is a queue's own, or the default one.</returns>
    public static string? NamedByExchange(string exchange) =>
        exchange.Contains(':', StringComparison.Ordinal) ? UrnPrefix + exchange : null;

    public static string[] TypesOf(Headers headers) => headers.TryGetHeader(MessageHeaders.MessageType, out var value) && value is string text
        ? text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : [];
}
