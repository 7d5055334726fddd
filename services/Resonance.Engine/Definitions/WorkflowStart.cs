using MassTransit;
using Resonance.Engine.Delivery;

namespace Resonance.Engine.Definitions;

/// <summary>The start contract, its type forgotten.</summary>
sealed record WorkflowStart(
    Type Contract, Func<object, Guid> IdOf, Func<object, string?> KeyOf, Func<object, int> PriorityOf,
    Func<ISendEndpoint, object, CancellationToken, Task<OutgoingMessage>> Capture)
{
    public static WorkflowStart For<T>(Func<T, Guid> id, Func<T, string?> key, Func<T, int?> priority) where T : class => new(
        typeof(T),
        start => id((T)start),
        start => key((T)start),
        start => Math.Clamp(priority((T)start) ?? 0, 0, 9),
        (endpoint, start, cancellationToken) => OutgoingMessage.CaptureAsync(
            endpoint,
            (T)start,
            Pipe.Execute<SendContext<T>>(context => context.CorrelationId = id((T)start)),
            id((T)start),
            cancellationToken));
}
