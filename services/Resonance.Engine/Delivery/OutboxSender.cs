using System.Net.Mime;
using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Delivery;

/// <summary>Sends stored messages through MassTransit, confirmed by the broker.</summary>
sealed class OutboxSender(IBus bus, OutboxCompletions completions, DeliveryOptions options, ILogger<OutboxSender> log)
{
    /// <summary>Sends what a commit released. Never throws: what could not be sent stays in the outbox, and the dispatcher sends it.</summary>
    public Task SendAllAsync(IReadOnlyList<OutgoingMessage> messages) => messages.Count switch
    {
        0 => Task.CompletedTask,
        1 => TrySendAsync(messages[0]),
        _ => Task.WhenAll(messages.Select(TrySendAsync)),
    };

    async Task TrySendAsync(OutgoingMessage message)
    {
        try
        {
            await SendAsync(message, CancellationToken.None);
        }
        catch (Exception exception)
        {
            Log.SendFailed(log, message.Row.MessageId, message.Row.Destination, exception.Message);
        }
    }

    /// <summary>
    /// Sends one message and, where the broker keeps it from now on, has its row removed. What is published may have no consumer at all,
    /// and is done when it is sent.
    /// </summary>
    public async Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var endpoint = await bus.GetSendEndpoint(new Uri(message.Row.Destination));

        // A confirm that never comes must not hold a step or the dispatcher for ever: after the lease another sender may have it.
        await endpoint.Send(new SerializedMessageBody(), new ReplayPipe(message), cancellationToken)
            .WaitAsync(options.Lease, TimeProvider.System, cancellationToken);
        if (!options.DoneWhenConsumed || !message.Envelope.Mandatory)
            completions.Add(message.Row.MessageId);
    }

    /// <summary>Makes the send context what it was when the message was captured.</summary>
    sealed class ReplayPipe(OutgoingMessage message) : IPipe<SendContext<SerializedMessageBody>>
    {
        public Task Send(SendContext<SerializedMessageBody> context)
        {
            var (row, envelope) = message;
            context.MessageId = row.MessageId;
            context.RequestId = envelope.RequestId;
            context.CorrelationId = envelope.CorrelationId;
            context.ConversationId = envelope.ConversationId;
            context.InitiatorId = envelope.InitiatorId;
            context.ResponseAddress = envelope.ResponseAddress is { } response ? new Uri(response) : null;
            context.FaultAddress = envelope.FaultAddress is { } fault ? new Uri(fault) : null;
            context.SupportedMessageTypes = envelope.Types;
            context.TimeToLive = envelope.TimeToLiveMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
            foreach (var (name, value) in envelope.Headers ?? [])
                context.Headers.Set(name, value);

            if (context is TransportSendContext transport)
                transport.Mandatory = envelope.Mandatory;
            if (context.TryGetPayload(out RabbitMqSendContext? rabbit))
            {
                if (envelope.Priority is { } priority)
                    rabbit.BasicProperties.Priority = priority;
                if (envelope.RoutingKey is { } routingKey)
                    rabbit.RoutingKey = routingKey;

                // AMQP's own name for the contract, for clients that know nothing of MassTransit's headers.
                rabbit.BasicProperties.Type = envelope.Types is [{ } type, ..] ? type : null;
            }

            context.Serializer = new StoredBodySerializer(new ContentType(row.ContentType), row.Body);
            return Task.CompletedTask;
        }

        public void Probe(ProbeContext context)
        {
        }
    }
}
