using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;

namespace Resonance.Engine.Delivery;

/// <summary>A consume context through which nothing leaves: what is sent, published, answered or scheduled is captured.</summary>
abstract class CapturingConsumeContext<TMessage> : ConsumeContextProxy<TMessage> where TMessage : class
{
    protected CapturingConsumeContext(ConsumeContext<TMessage> context, IServiceProvider services) : base(context)
    {
        var captured = new CapturingReceiveContext(
            context.ReceiveContext, new Sink(this, published: false, services), new Sink(this, published: true, services));
        ReceiveContext = captured;
        PublishEndpointProvider = captured.PublishEndpointProvider;
        if (context.TryGetPayload(out MessageSchedulerContext? scheduler))
            Scheduler = new ConsumeMessageSchedulerContext(this, scheduler.SchedulerFactory);
    }

    /// <summary>The scheduler, bound to this context and not to the one that it wraps.</summary>
    protected MessageSchedulerContext? Scheduler { get; }

    /// <summary>Keeps what would have left.</summary>
    /// <param name="context">The message.</param>
    /// <param name="published">Whether it was published, to nobody perhaps; what is sent has to arrive.</param>
    protected abstract void Keep<T>(SendContext<T> context, bool published) where T : class;

    /// <summary>Where one of the two ways out ends. The contexts do not tell: each of MassTransit's calls itself a publish context.</summary>
    sealed class Sink(CapturingConsumeContext<TMessage> owner, bool published, IServiceProvider services) : OutboxSendContext
    {
        public Task AddSend<T>(SendContext<T> context) where T : class
        {
            owner.Keep(context, published);
            return Task.CompletedTask;
        }

        public object? GetService(Type serviceType) => services.GetService(serviceType);
    }
}

/// <summary>As <see cref="OutboxReceiveContext"/>, which has one sink for both ways.</summary>
sealed class CapturingReceiveContext(ReceiveContext context, OutboxSendContext sent, OutboxSendContext published) : ReceiveContextProxy(context)
{
    public override ISendEndpointProvider SendEndpointProvider { get; } = new OutboxSendEndpointProvider(sent, context.SendEndpointProvider);

    public override IPublishEndpointProvider PublishEndpointProvider { get; } =
        new OutboxPublishEndpointProvider(published, context.PublishEndpointProvider);
}
