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
        var captured = new CapturingReceiveContext(this, context.ReceiveContext);
        ReceiveContext = captured;
        PublishEndpointProvider = captured.PublishEndpointProvider;
        if (context.TryGetPayload(out MessageSchedulerContext? scheduler))
            Scheduler = new ConsumeMessageSchedulerContext(this, scheduler.SchedulerFactory);
    }

    /// <summary>The scheduler, bound to this context and not to the one that it wraps.</summary>
    protected MessageSchedulerContext? Scheduler { get; }

    public Task AddSend<T>(SendContext<T> context) where T : class => Capture(context, published: false);

    public object? GetService(Type serviceType) => _services.GetService(serviceType);

    /// <summary>Keeps a message. One that is published may have no queue; one that is sent must have one.</summary>
    protected abstract Task Capture<T>(SendContext<T> context, bool published) where T : class;

    /// <summary>Every context that wraps this one takes its endpoints from here.</summary>
    sealed class CapturingReceiveContext(CapturingConsumeContext<TMessage> sends, ReceiveContext context) : ReceiveContextProxy(context)
    {
        public override ISendEndpointProvider SendEndpointProvider { get; } =
            new OutboxSendEndpointProvider(sends, context.SendEndpointProvider);

        public override IPublishEndpointProvider PublishEndpointProvider { get; } =
            new OutboxPublishEndpointProvider(new Publications(sends), context.PublishEndpointProvider);
    }

    /// <summary>Tells what is published from what is sent: a send context does not know it of itself.</summary>
    sealed class Publications(CapturingConsumeContext<TMessage> context) : OutboxSendContext
    {
        public Task AddSend<T>(SendContext<T> publication) where T : class => context.Capture(publication, published: true);

        public object? GetService(Type serviceType) => context.GetService(serviceType);
    }
}
