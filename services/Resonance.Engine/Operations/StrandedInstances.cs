using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Operations;

/// <summary>
/// Finds instances whose next event can no longer come: they wait for an activity, a deadline or their start, and nothing of theirs is in
/// the outbox. With a sound engine there are none; an outbox that was edited by hand or a broker that lost its disk makes some.
/// </summary>
/// <remarks>
/// A message that has left the outbox stands in a queue for a moment, so that an instance is driven on only when two looks in a row find
/// it unchanged. Any number of processes may look: the instance takes the command of all of them for one.
/// </remarks>
sealed class StrandedInstances(
    IWorkflowStore store, WorkflowCatalog catalog, IBus bus, OutboxSender sender, LostStarts starts, QueueWatch queues,
    DeliveryOptions delivery, RecoveryOptions options, TimeProvider clock, ILogger<StrandedInstances> log) : BackgroundService
{
    const int PageSize = 500;

    Dictionary<Guid, long> _seen = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Interval, clock);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.LookFailed(log, exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Looks once.</summary>
    /// <returns>How many instances were driven on.</returns>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, long>();
        var driven = 0;
        foreach (var status in (string[])[WorkflowStatus.Running, WorkflowStatus.Compensating])
        {
            var scan = new WorkflowScan(status) { UnchangedSince = clock.GetUtcNow() - options.QuietFor, NothingUnderWay = true };
            await foreach (var row in store.ScanAllAsync(scan, PageSize, cancellationToken))
            {
                if (catalog.Find(row.Type) is not { } workflow || !Waits(workflow, row))
                    continue;

                // Who was driven on has to be found twice again: the help takes its time as well.
                if (_seen.TryGetValue(row.Id, out var version) && version == row.Version && await DriveOnAsync(workflow, row, cancellationToken))
                    driven++;
                else
                    found[row.Id] = row.Version;
            }
        }

        _seen = found;
        return driven;
    }

    static bool Waits(WorkflowDescription workflow, WorkflowRow row)
    {
        if (row.Version == 0)
            return true;
        var situation = workflow.Situation(row);
        return situation.Activities.Count > 0 || situation.DeadlineTimer is not null;
    }

    async Task<bool> DriveOnAsync(WorkflowDescription workflow, WorkflowRow row, CancellationToken cancellationToken)
    {
        // What it waits for may stand in a queue that is long, or that nobody serves just now.
        if (await queues.LookAsync(workflow.Type, cancellationToken) is { Messages: > 0 })
            return false;

        if (row.Version == 0)
        {
            if (!await starts.SendAgainAsync(workflow, row, cancellationToken))
                return false;
        }
        else
        {
            await RecoverAsync(workflow, row, cancellationToken);
        }

        Log.InstanceRecovered(log, row.Key, StateNames.ToScreen(row.State));
        ResonanceMetrics.Recovered(row.Type);
        return true;
    }

    async Task RecoverAsync(WorkflowDescription workflow, WorkflowRow row, CancellationToken cancellationToken)
    {
        var trace = await InstanceTrace.FindAsync(store, row.Id, cancellationToken);
        using var span = InstanceTrace.GoOn($"recover {row.Type}", trace);
        var endpoint = await bus.GetSendEndpoint(Addresses.Endpoint(workflow.Type));
        var command = new RecoverWorkflow { WorkflowId = row.Id, Version = row.Version };
        var pipe = Pipe.Execute<SendContext<RecoverWorkflow>>(send =>
        {
            send.CorrelationId = row.Id;
            send.MessageId = NameBasedId.For($"{row.Id:N}/recover/{row.Version}");
        });
        var message = await OutgoingMessage.CaptureAsync(endpoint, command, pipe, row.Id, cancellationToken);
        await store.EnqueueAsync([message.Row], delivery.Lease, cancellationToken);
        await sender.BeginAsync([message]);
    }
}
