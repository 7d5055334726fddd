using MassTransit;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Delivery;

/// <summary>Counts the messages that a queue could not handle: each has gone where such messages go.</summary>
sealed class SetAsideCount : IReceiveObserver
{
    public Task ReceiveFault(ReceiveContext context, Exception exception)
    {
        // A process that stops gives its messages back to the broker.
        if (exception is not OperationCanceledException)
            ResonanceMetrics.MessageSetAside(context.InputAddress.AbsolutePath.Split('/')[^1]);
        return Task.CompletedTask;
    }

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) where T : class =>
        Task.CompletedTask;
}
