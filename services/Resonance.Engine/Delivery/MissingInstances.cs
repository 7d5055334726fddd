using System.Diagnostics;
using System.Globalization;
using MassTransit;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Delivery;

/// <summary>Keeps events whose instance does not exist (yet): an event may overtake the start that it belongs to.</summary>
/// <remarks>
/// The same message, with the same id, comes again after each wait; then it goes where messages go that cannot be handled. Nothing is
/// entered into an inbox for it, so that neither the repeated delivery nor an operator's redrive is taken for a duplicate.
/// </remarks>
sealed class MissingInstances(IWorkflowStore store, OutboxDispatcher dispatcher, DeliveryOptions options, ILogger<MissingInstances> log)
{
    public const string DeliveriesHeader = "Resonance-Missing-Deliveries";

    /// <summary>The waits as people read them.</summary>
    public string Policy { get; } = $"delivered again after {Waits.InSeconds(options.MissingInstanceDelays)}";

    /// <summary>The wait before a delivery.</summary>
    /// <param name="waits">How many waits there were, from 1.</param>
    public TimeSpan WaitBefore(int waits) => options.MissingInstanceDelays[Math.Min(waits, options.MissingInstanceDelays.Count) - 1];

    /// <summary>How often a message has waited for its instance.</summary>
    public static int DeliveriesOf(Headers headers) => headers.Get<int>(DeliveriesHeader) ?? 0;

    /// <exception cref="InstanceNotFoundException">All waits are used up.</exception>
    public async Task TryLaterAsync<T>(ConsumeContext<T> context, Guid workflowId) where T : class
    {
        // The transport's headers: those of a message in MassTransit's envelope stand in its body, which goes out again as it came.
        var deliveries = DeliveriesOf(context.ReceiveContext.TransportHeaders);
        if (deliveries >= options.MissingInstanceDelays.Count)
            throw new InstanceNotFoundException(typeof(T).Name, workflowId);

        var delay = options.MissingInstanceDelays[deliveries];
        Log.InstanceMissing(log, typeof(T).Name, workflowId, deliveries + 2, delay.TotalMilliseconds);
        await store.EnqueueAsync([Again(context, delay, deliveries + 1)], options.Lease, context.CancellationToken);
        dispatcher.WakeIn(delay);
    }

    static OutboxMessage Again<T>(ConsumeContext<T> context, TimeSpan delay, int deliveries) where T : class
    {
        var headers = new Dictionary<string, string>();
        foreach (var (name, value) in context.ReceiveContext.TransportHeaders.GetAll())
        {
            if (value is IFormattable or string or Uri)
                headers[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        }

        headers[DeliveriesHeader] = deliveries.ToString(CultureInfo.InvariantCulture);
        var types = context.SupportedMessageTypes.ToArray();
        headers[MessageHeaders.MessageType] = string.Join(';', types);

        // A row of its own, so that the end of this delivery does not remove it; the inbox goes by the original id.
        if ((context.Headers.Get<Guid>(MessageHeaders.OriginalMessageId) ?? context.MessageId) is { } original)
            headers[MessageHeaders.OriginalMessageId] = original.ToString("D");
        headers.Remove(MessageHeaders.MessageId);
        return new OutboxMessage
        {
            MessageId = NewId.NextGuid(),
            Timer = $"{typeof(T).Name} again",
            Delay = delay,
            Destination = Addresses.Portable(context.ReceiveContext.InputAddress),
            ContentType = context.ReceiveContext.ContentType?.MediaType ?? ContractSerializer.Json.MediaType,
            Body = context.ReceiveContext.Body.GetBytes(),
            Envelope = new StoredEnvelope
            {
                Types = types,
                RequestId = context.RequestId,
                CorrelationId = context.CorrelationId,
                ConversationId = context.ConversationId,
                InitiatorId = context.InitiatorId,
                ResponseAddress = context.ResponseAddress?.ToString(),
                FaultAddress = context.FaultAddress?.ToString(),
                Mandatory = true,
                Headers = headers,
            }.ToJson(),
            TraceParent = Activity.Current?.Id,
        };
    }
}

/// <summary>No instance came for an event within the waits of <see cref="DeliveryOptions.MissingInstanceDelays"/>.</summary>
public sealed class InstanceNotFoundException(string eventName, Guid workflowId)
    : Exception($"{eventName} is for workflow {workflowId}, which does not exist. Send it again once the workflow is started.")
{
    /// <summary>The instance that was looked for.</summary>
    public Guid WorkflowId { get; } = workflowId;
}
