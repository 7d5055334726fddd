using System.Runtime.CompilerServices;
using MassTransit;
using Resonance.Engine.Delivery;

namespace Resonance.Engine.Testing;

/// <summary>Delivers one message at a time to the workflow, and returns when everything that it caused is done.</summary>
sealed class Deliveries(OutboxSender sender) : IReceiveObserver
{
    // A step takes milliseconds; only one that waits for something outside comes here.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    readonly ConditionalWeakTable<ReceiveContext, Delivery> _received = [];
    Delivery _current = new();

    /// <exception cref="InvalidOperationException">The workflow does not take such a message.</exception>
    /// <exception cref="Exception">Whatever the workflow threw.</exception>
    public async Task DeliverAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        var delivery = _current = new Delivery();
        await sender.HandOverAsync(message, cancellationToken);
        await delivery.Done.Task.WaitAsync(Patience, TimeProvider.System, cancellationToken);
        if (!delivery.Consumed)
        {
            throw new InvalidOperationException(
                $"The workflow does not take {string.Join(", ", message.Envelope.Types)}. " +
                "Declare an event from outside with Accepts(...).");
        }
    }

    Task IReceiveObserver.PreReceive(ReceiveContext context)
    {
        _received.Add(context, _current);
        return Task.CompletedTask;
    }

    Task IReceiveObserver.PostReceive(ReceiveContext context)
    {
        if (_received.TryGetValue(context, out var delivery))
            delivery.Done.TrySetResult();
        return Task.CompletedTask;
    }

    Task IReceiveObserver.PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
    {
        if (_received.TryGetValue(context.ReceiveContext, out var delivery))
            delivery.Consumed = true;
        return Task.CompletedTask;
    }

    Task IReceiveObserver.ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) =>
        Fail(context.ReceiveContext, exception);

    Task IReceiveObserver.ReceiveFault(ReceiveContext context, Exception exception) => Fail(context, exception);

    Task Fail(ReceiveContext context, Exception exception)
    {
        // What the workflow's own code threw, without MassTransit's wrapping.
        while (exception is EventExecutionException { InnerException: { } thrown })
            exception = thrown;
        if (_received.TryGetValue(context, out var delivery))
            delivery.Done.TrySetException(exception);
        return Task.CompletedTask;
    }

    sealed class Delivery
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Consumed { get; set; }
    }
}
