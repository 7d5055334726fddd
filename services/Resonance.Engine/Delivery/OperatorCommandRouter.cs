using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Delivery;

/// <summary>
/// Takes operators' commands that were published and passes each on to the workflow that it is about: on the contract's exchange nobody
/// knows the workflow's type, and a copy for every workflow would be set aside by all but one.
/// </summary>
sealed class OperatorCommandRouter(
    IWorkflowStore store, WorkflowCatalog catalog, MissingInstances missing, IBus bus, OutboxSender sender, DeliveryOptions options)
    : IConsumer<RetryWorkflow>, IConsumer<CancelWorkflow>, IConsumer<SuspendWorkflow>, IConsumer<ResumeWorkflow>, IConsumer<CompensateWorkflow>,
        IConsumer<SkipActivity>, IConsumer<ResolveWorkflow>
{
    public const string EndpointName = "operator-commands";

    public Task Consume(ConsumeContext<RetryWorkflow> context) => RouteAsync(context);

    public Task Consume(ConsumeContext<CancelWorkflow> context) => RouteAsync(context);

    public Task Consume(ConsumeContext<SuspendWorkflow> context) => RouteAsync(context);

    public Task Consume(ConsumeContext<ResumeWorkflow> context) => RouteAsync(context);

    public Task Consume(ConsumeContext<CompensateWorkflow> context) => RouteAsync(context);

    public Task Consume(ConsumeContext<SkipActivity> context) => RouteAsync(context);

    public Task Consume(ConsumeContext<ResolveWorkflow> context) => RouteAsync(context);

    async Task RouteAsync<T>(ConsumeContext<T> context) where T : class, IOperatorCommand
    {
        var id = context.Message.WorkflowId;
        var rows = await store.LoadAsync([id], context.CancellationToken);
        if (!rows.TryGetValue(id, out var row) || catalog.Find(row.Type) is not { } workflow)
        {
            await missing.TryLaterAsync(context, id);
            return;
        }

        var trace = await InstanceTrace.FindAsync(store, id, context.CancellationToken);
        using var span = InstanceTrace.GoOn($"operator {typeof(T).Name}", trace);

        // The id goes along: the instance recognises a command that was routed twice.
        var endpoint = await bus.GetSendEndpoint(Addresses.Endpoint(workflow.Type));
        var original = context.Headers.Get<Guid>(MessageHeaders.OriginalMessageId) ?? context.MessageId;
        var pipe = Pipe.Execute<SendContext<T>>(send =>
        {
            send.CorrelationId = id;
            if (original is { } value)
                send.Headers.Set(MessageHeaders.OriginalMessageId, value.ToString("D"));
        });
        var message = await OutgoingMessage.CaptureAsync(endpoint, context.Message, pipe, id, context.CancellationToken);
        await store.EnqueueAsync([message.Row], options.Lease, context.CancellationToken);
        await sender.BeginAsync([message]);
    }
}
