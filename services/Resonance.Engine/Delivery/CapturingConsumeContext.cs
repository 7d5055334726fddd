using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;

namespace Resonance.Engine.Delivery;

/// <summary>A consume context through which nothing leaves: what is sent, published, answered or scheduled is captured.</summary>
abstract class CapturingConsumeContext<TMessage> : ConsumeContextProxy<TMessage>, OutboxSendContext where TMessage : class
{
    readonly IServiceProvider _services;

    protected CapturingConsumeContext(ConsumeContext<TMessage> context, IServiceProvider services) : base(context)
    {
        _services = services;
        var captured = new OutboxReceiveContext(this, context.ReceiveContext);
        ReceiveContext = captured;
        PublishEndpointProvider = captured.PublishEndpointProvider;
        if (context.TryGetPayload(out MessageSchedulerContext? scheduler))
            Scheduler = new ConsumeMessageSchedulerContext(this, scheduler.SchedulerFactory);
    }

    /// <summary>The scheduler, bound to this context and not to the one that it wraps.</summary>
    protected MessageSchedulerContext? Scheduler { get; }

    public abstract Task AddSend<T>(SendContext<T> context) where T : class;

    public object? GetService(Type serviceType) => _services.GetService(serviceType);
}
