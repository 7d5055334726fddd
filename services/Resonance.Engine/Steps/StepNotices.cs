using MassTransit;
using Microsoft.Extensions.Logging;
using Resonance.Contracts.Audit;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Steps;

/// <summary>Publishes what each group of steps committed, for the saga audit: one message a group, stored with the group.</summary>
sealed class StepNotices(IBus bus, IWorkflowStore store, OutboxSender sender, DeliveryOptions options, ILogger<StepNotices> log)
{
    // Each broker names the exchange of a contract in its own way.
    readonly Lazy<string> _destination = new(() => bus.Topology.TryGetPublishAddress<StepsCommitted>(out var address)
        ? Addresses.Portable(address)
        : throw new InvalidOperationException("The bus has no exchange for the event StepsCommitted."));

    /// <returns>The message that tells of the steps; null when nobody wants to know.</returns>
    public OutgoingMessage? Compose(IReadOnlyList<StepCommit> steps) => options.PublishSteps ? Of(steps) : null;

    /// <summary>
    /// Sends the notice on its way after the commit. When some steps of the group were not stored, neither was its notice, and another
    /// tells of the others. Never throws: what is not told, the audit finds in the journal.
    /// </summary>
    public async Task TellAsync(IReadOnlyList<StepCommit> steps, OutgoingMessage notice, GroupResult result)
    {
        try
        {
            if ((result.Noticed ? notice : await TellOfOthersAsync(steps, result)) is { } stored)
                await sender.BeginAsync([stored]);
        }
        catch (Exception exception)
        {
            Log.NoticeLost(log, steps.Count, exception.Message);
        }
    }

    async Task<OutgoingMessage?> TellOfOthersAsync(IReadOnlyList<StepCommit> steps, GroupResult result)
    {
        StepCommit[] stored = [.. steps.Where((_, index) => result.Steps[index].Outcome == StepOutcome.Committed)];
        if (stored.Length == 0)
            return null;

        var notice = Of(stored);
        await store.EnqueueAsync([notice.Row], options.Lease, CancellationToken.None);
        return notice;
    }

    OutgoingMessage Of(IReadOnlyList<StepCommit> steps) => OutgoingMessage.ForNotice(
        _destination.Value,
        new StepsCommitted { Steps = [.. steps.Select(step => StepSummary.Of(step.Workflow.Type, step.Workflow.Key, step.Journal))] });
}
