using System.Diagnostics;
using System.Net.Mime;
using MassTransit;
using MassTransit.Context;
using MassTransit.Logging;
using MassTransit.Serialization;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Delivery;

/// <summary>Sends stored messages through MassTransit; a row goes when the broker has confirmed its message.</summary>
/// <remarks>Not sealed: the test harness puts in one that holds messages back.</remarks>
class OutboxSender(IBus bus, OutboxCompletions completions, DeliveryOptions options, ILogger<OutboxSender> log)
{
    const int MostOpen = 2000;

    readonly SemaphoreSlim _open = new(MostOpen);

    /// <summary>
    /// Begins to send what a commit released, and does not wait for the broker's confirms: until they come, the rows in the outbox stand
    /// for the messages. Waits only while very many are open. Never throws: what could not be sent stays in the outbox, and the dispatcher
    /// sends it.
    /// </summary>
    public virtual async Task BeginAsync(IReadOnlyList<OutgoingMessage> messages)
    {
        foreach (var message in messages)
        {
            if (!_open.Wait(0) && !await _open.WaitAsync(options.Lease))
            {
                Log.SendFailed(log, message.Row.MessageId, message.Row.Destination, $"{MostOpen} messages wait for the broker's confirm");
                continue;
            }

            _ = TrySendAsync(message);
        }
    }

    /// <summary>
    /// Sends one message and, where the broker keeps it from now on, has its row removed. What is published may have no consumer at all,
    /// and is done when it is sent.
    /// </summary>
    public async Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        await HandOverAsync(message, cancellationToken);
        if (!options.DoneWhenConsumed || !message.Envelope.Mandatory)
            completions.Add(message.Row.MessageId);
    }

    /// <summary>Gives one message to the broker; its row stays.</summary>
    public async Task HandOverAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        // The message goes on with the trace that it was stored under, whoever sends it and whenever: its pipe says which one that is.
        if (message.Row.TraceParent is not null)
            Activity.Current = null;
        var endpoint = await bus.GetSendEndpoint(new Uri(message.Row.Destination));
        await endpoint.Send(new SerializedMessageBody(), new ReplayPipe(message), cancellationToken);
    }

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
        finally
        {
            _open.Release();
        }
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
            if (row.TraceParent is not null)
                context.Headers.Set(DiagnosticHeaders.ActivityId, row.TraceParent);

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

            context.Serializer = new StoredBodySerializer(row.ContentType == ContractSerializer.Json.MediaType ? ContractSerializer.Json : new ContentType(row.ContentType), row.Body);
            return Task.CompletedTask;
        }

        public void Probe(ProbeContext context)
        {
        }
    }
}
