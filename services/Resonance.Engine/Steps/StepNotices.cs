using MassTransit;
using Microsoft.Extensions.Logging;
using Resonance.Contracts.Audit;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Steps;

/// <summary>Publishes what each group of steps committed, for the saga audit: one message a group, stored with the group.</summary>
sealed class StepNotices(IWorkflowStore store, OutboxSender sender, DeliveryOptions options, ILogger<StepNotices> log)
{
    static readonly string Destination = $"exchange:{MessageUrn.ForType<StepsCommitted>().AbsolutePath["message:".Length..]}";

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

    static OutgoingMessage Of(IReadOnlyList<StepCommit> steps) => OutgoingMessage.ForNotice(
        Destination,
        new StepsCommitted { Steps = [.. steps.Select(step => StepSummary.Of(step.Workflow.Type, step.Workflow.Key, step.Journal))] });
}
