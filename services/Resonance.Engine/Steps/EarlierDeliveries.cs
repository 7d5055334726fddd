using MassTransit;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;

namespace Resonance.Engine.Steps;

/// <summary>What is known of the times that a message was delivered before and not handled: facts of the step that handles it at last.</summary>
static class EarlierDeliveries
{
    static readonly string TriedInPlace = $"tried again in place after {Waits.InSeconds(FaultPolicy.InPlace)}";

    public static void Record<TMessage>(ConsumeContext<TMessage> context, Step step, MissingInstances missing) where TMessage : class
    {
        var headers = context.ReceiveContext.TransportHeaders;
        if (MissingInstances.DeliveriesOf(headers) is var waits and > 0)
        {
            step.Record(new Redelivered(
                waits + 1, "its instance did not exist yet", (long)missing.WaitBefore(waits).TotalMilliseconds, missing.Policy));
        }

        if (context.ReceiveContext.Redelivered)
            step.Record(new Redelivered(2, "whoever had it before did not acknowledge it", null, null));
        if (headers.Get<string>(LostStarts.Header) is { } cause)
            step.Record(new Recovered(cause));
        if (!context.ReceiveContext.TryGetPayload(out Failures? failures))
            return;

        for (var index = 0; index < failures.Errors.Count; index++)
        {
            long? wait = index < FaultPolicy.InPlace.Count ? (long)FaultPolicy.InPlace[index].TotalMilliseconds : null;
            step.Record(new Redelivered(index + 2, failures.Errors[index], wait, TriedInPlace));
        }
    }

    /// <summary>Notes why a delivery was not handled; when it is tried again in place, the next attempt tells of it.</summary>
    public static void Failed(ConsumeContext context, Exception exception) =>
        context.ReceiveContext.GetOrAddPayload(() => new Failures()).Errors.Add(exception.Message.Replace('\0', ' '));

    sealed class Failures
    {
        public List<string> Errors { get; } = [];
    }
}
