using MassTransit;
using MassTransit.Configuration;
using MassTransit.Context;
using MassTransit.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Delivery;

/// <summary>
/// MassTransit's scheduler over the outbox: inside a step a timer commits with the step, outside it is stored at once.
/// <c>Schedule(...)</c>, request time-outs and scheduled redelivery all come here.
/// </summary>
sealed class OutboxScheduleProvider(ConsumeContext context, IWorkflowStore store, OutboxDispatcher dispatcher, DeliveryOptions options)
    : IScheduleMessageProvider
{
    public async Task<ScheduledMessage<T>> ScheduleSend<T>(
        Uri destinationAddress, DateTime scheduledTime, T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class
    {
        // MassTransit reckons due times from the machine's own clock; what is stored is how long from now.
#pragma warning disable RS0030
        var delay = scheduledTime.ToUniversalTime() - DateTime.UtcNow;
#pragma warning restore RS0030
        var token = ScheduleTokenIdCache<T>.GetTokenId(message);
        await ScheduleAsync(destinationAddress, delay, message, pipe, token, typeof(T).Name, cancellationToken);
        return new ScheduledMessageHandle<T>(token, scheduledTime, destinationAddress, message);
    }

    public async Task CancelScheduledSend(Guid tokenId, CancellationToken cancellationToken)
    {
        if (context.TryGetPayload(out Step? step))
            step.CancelTimer(tokenId, "scheduled message");
        else
            await store.CancelTimersAsync([tokenId], cancellationToken);
    }

    public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) =>
        CancelScheduledSend(tokenId, cancellationToken);

    async Task ScheduleAsync<T>(
        Uri destination, TimeSpan delay, T message, IPipe<SendContext<T>> pipe, Guid token, string name, CancellationToken cancellationToken)
        where T : class
    {
        var endpoint = await context.GetSendEndpoint(destination);
        var captured = await OutgoingMessage.CaptureAsync(endpoint, message, new TokenPipe<T>(pipe, token), WorkflowId(), cancellationToken);
        if (context.TryGetPayload(out Step? step))
        {
            step.SetTimer(captured, token, name, delay);
            return;
        }

        await store.EnqueueAsync([captured.Row with { Token = token, Timer = name, Delay = delay }], options.Lease, cancellationToken);
        dispatcher.WakeIn(delay);
    }

    Guid? WorkflowId() => context.TryGetPayload(out Step? step) ? step.WorkflowId : null;
}

/// <summary>Marks a message with its token, by which a stale timer is told from the current one.</summary>
sealed class TokenPipe<T>(IPipe<SendContext<T>> next, Guid token) : IPipe<SendContext<T>> where T : class
{
    public async Task Send(SendContext<T> context)
    {
        if (next.IsNotEmpty())
            await next.Send(context);
        context.Headers.Set(MessageHeaders.SchedulingTokenId, token.ToString("D"));
    }

    public void Probe(ProbeContext context) => next.Probe(context);
}

/// <summary>Gives every consumer the scheduler over the outbox.</summary>
sealed class OutboxSchedulerSpecification(IServiceProvider services) : IPipeSpecification<ConsumeContext>, IFilter<ConsumeContext>
{
    // Resolved late: the dispatcher needs the bus, which is being built when this specification is made.
    readonly Lazy<(IWorkflowStore Store, OutboxDispatcher Dispatcher, DeliveryOptions Options)> _delivery = new(() => (
        services.GetRequiredService<IWorkflowStore>(),
        services.GetRequiredService<OutboxDispatcher>(),
        services.GetRequiredService<DeliveryOptions>()));

    public void Apply(IPipeBuilder<ConsumeContext> builder) => builder.AddFilter(this);

    public IEnumerable<ValidationResult> Validate() => [];

    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        context.GetOrAddPayload<MessageSchedulerContext>(() => new ConsumeMessageSchedulerContext(context, SchedulerFor));
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("resonanceScheduler");

    IMessageScheduler SchedulerFor(ConsumeContext context)
    {
        var (store, dispatcher, options) = _delivery.Value;
        return new MessageScheduler(new OutboxScheduleProvider(context, store, dispatcher, options), context.GetPayload<IBusTopology>());
    }
}
