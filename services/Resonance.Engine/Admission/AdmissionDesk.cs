using Microsoft.Extensions.Logging;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Queues;

namespace Resonance.Engine.Admission;

/// <summary>Admits instances whose turn has come: what begins them goes into the outbox with the commit that takes them out of the line.</summary>
sealed class AdmissionDesk(
    IWorkQueueStore queues, OutboxSender sender, DeliveryOptions options, ILogger<AdmissionDesk> log)
{
    const int GroupMost = 200;

    /// <summary>Stores the queue of a workflow with what the definition says, unless there is one: operators' changes stay.</summary>
    public Task DeclareAsync(WorkflowDescription workflow, CancellationToken cancellationToken) =>
        queues.DeclareAsync(workflow.Type, workflow.Admission!, cancellationToken);

    /// <summary>Admits everybody whose turn it is.</summary>
    /// <returns>How long until a look may find more; null when only a change can bring it.</returns>
    public async Task<TimeSpan?> AdmitAsync(string queue, CancellationToken cancellationToken)
    {
        while (true)
        {
            var admitted = await queues.AdmitAsync(
                queue, GroupMost, item => AdmittedMessage.Restore(item.Receipt.ItemId, item.Body, item.Attributes), options.Lease,
                cancellationToken);
            if (admitted.Count == 0)
                return await queues.NextVisibleAsync(queue, cancellationToken);

            AdmissionLog.Admitted(log, queue, admitted.Count);

            // Durable already: what does not leave from here, the dispatcher sends.
            _ = sender.BeginAsync([.. admitted.Select(OutgoingMessage.FromRow)]);
        }
    }
}
