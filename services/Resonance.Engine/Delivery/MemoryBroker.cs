using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Delivery;

/// <summary>
/// Makes up for a broker that forgets everything with the process: a message's row stays in the outbox until its consumer is done, and a
/// message that cannot be handled is kept there with the reason.
/// </summary>
sealed class MemoryBrokerSpecification(IServiceProvider services) : IPipeSpecification<ConsumeContext>, IFilter<ConsumeContext>
{
    readonly Lazy<OutboxCompletions> _completions = new(services.GetRequiredService<OutboxCompletions>);
    readonly Lazy<IWorkflowStore> _store = new(services.GetRequiredService<IWorkflowStore>);

    public void Apply(IPipeBuilder<ConsumeContext> builder) => builder.AddFilter(this);

    public IEnumerable<ValidationResult> Validate() => [];

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        try
        {
            await next.Send(context);
        }
        catch (Exception exception) when (context.MessageId is not null && !context.CancellationToken.IsCancellationRequested)
        {
            await _store.Value.SetAsideAsync(context.MessageId.Value, exception.Message, CancellationToken.None);
            throw;
        }

        if (context.MessageId is { } done)
            _completions.Value.Add(done);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("memoryBroker");
}

/// <summary>Stores what a consumer sends before it leaves, so that a worker's reply outlives the process like everything else.</summary>
sealed class StoredRepliesFilter<TMessage>(
    IWorkflowStore store, OutboxSender sender, DeliveryOptions options, IServiceProvider services) : IFilter<ConsumeContext<TMessage>>
    where TMessage : class
{
    public async Task Send(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next)
    {
        var capturing = new StoringConsumeContext<TMessage>(context, services);
        await next.Send(capturing);
        await capturing.ConsumeCompleted;

        // A step stores itself what it sends.
        if (capturing.Messages.Count == 0)
            return;

        await store.EnqueueAsync([.. capturing.Messages.Select(message => message.Row)], options.Lease, context.CancellationToken);
        await sender.BeginAsync(capturing.Messages);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("storedReplies");
}

sealed class StoringConsumeContext<TMessage>(ConsumeContext<TMessage> context, IServiceProvider services)
    : CapturingConsumeContext<TMessage>(context, services) where TMessage : class
{
    readonly Lock _lock = new();
    readonly List<OutgoingMessage> _messages = [];

    public IReadOnlyList<OutgoingMessage> Messages => _messages;

    protected override void Keep<T>(SendContext<T> context, bool published)
    {
        var message = OutgoingMessage.Capture(context, workflowId: null, published);
        lock (_lock)
            _messages.Add(message);
    }
}
