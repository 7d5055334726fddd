using System.Diagnostics.CodeAnalysis;
using MassTransit;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;

namespace Resonance.Engine.Steps;

/// <summary>The consume context of a step: what leaves through it becomes part of the step.</summary>
sealed class StepConsumeContext<TMessage>(ConsumeContext<TMessage> context, Step step, IServiceProvider services)
    : CapturingConsumeContext<TMessage>(context, services) where TMessage : class
{
    public override bool HasPayloadType(Type payloadType) => payloadType == typeof(Step) || base.HasPayloadType(payloadType);

    public override bool TryGetPayload<T>([NotNullWhen(true)] out T? payload) where T : class
    {
        payload = step as T ?? Scheduler as T;
        return payload is not null || base.TryGetPayload<T>(out payload!);
    }

    protected override void Keep<T>(SendContext<T> context, bool published)
    {
        var message = OutgoingMessage.Capture(context, step.WorkflowId, published);
        step.Send(message, new EventPublished(typeof(T).Name, message.Row.Destination, message.Row.MessageId));
    }
}
