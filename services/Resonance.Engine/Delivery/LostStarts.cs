using System.Text;
using MassTransit;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Delivery;

/// <summary>Sends the start of an accepted instance again when the broker has lost it.</summary>
sealed class LostStarts(IBus bus, IWorkflowStore store, OutboxSender sender, DeliveryOptions options)
{
    /// <summary>Tells the step why the message comes; it is recorded.</summary>
    public const string Header = "Resonance-Recovered";

    /// <returns>False when the row does not hold its start.</returns>
    public async Task<bool> SendAgainAsync(WorkflowDescription workflow, WorkflowRow row, CancellationToken cancellationToken)
    {
        if (AcceptedData.Read(row.Data) is not var (original, body)
            || ContractReader.Read(workflow.StartContract, Encoding.UTF8.GetBytes(body.ToJsonString())).Message is not { } start)
        {
            return false;
        }

        var endpoint = await bus.GetSendEndpoint(Addresses.Endpoint(workflow.Type));
        var captured = await workflow.CaptureStart(endpoint, start, cancellationToken);

        // Should the first one come after all, the instance knows both by one id.
        var headers = new Dictionary<string, string>(captured.Envelope.Headers ?? [])
        {
            [Header] = "its start was lost",
            [MessageHeaders.OriginalMessageId] = original.ToString("D"),
        };
        var envelope = captured.Envelope with { Headers = headers };
        var message = new OutgoingMessage(captured.Row with { Envelope = envelope.ToJson() }, envelope);
        await store.EnqueueAsync([message.Row], options.Lease, cancellationToken);
        await sender.BeginAsync([message]);
        return true;
    }
}
