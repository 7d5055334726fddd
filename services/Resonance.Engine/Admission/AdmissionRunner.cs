using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Definitions;
using Resonance.Engine.Operations;
using Resonance.Engine.Queues;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Admission;

/// <summary>
/// Looks who is next in the queues of the workflows that this process runs: when somebody came or left here, when another process tells, and
/// when time alone brings it. Any number of processes may.
/// </summary>
sealed class AdmissionRunner(
    AdmissionDesk desk, WorkSignals signals, CommittedSteps committed, IEnumerable<ServedWorkflow> served, WorkflowCatalog catalog,
    IBusControl bus, TimeProvider clock, ILogger<AdmissionRunner> log) : BackgroundService
{
    /// <summary>A process that died between a commit and telling of it is noticed after so long.</summary>
    static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(5);

    static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var workflows = served.Select(workflow => catalog.Find(workflow.Type)).OfType<WorkflowDescription>()
            .Where(workflow => workflow.Admission is not null).DistinctBy(workflow => workflow.Type).ToArray();
        if (workflows.Length == 0)
            return;

        committed.Committed += Tell;
        try
        {
            // What is sent before the endpoints are bound reaches no queue.
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            await Task.WhenAll(workflows.Select(workflow => RunAsync(workflow, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
        finally
        {
            committed.Committed -= Tell;
        }
    }

    void Tell(StepCommit step)
    {
        if ((step.Arrival?.Queue ?? step.LeavesQueue) is { } queue)
            signals.TellHere(queue);
    }

    async Task RunAsync(WorkflowDescription workflow, CancellationToken cancellationToken)
    {
        var isDeclared = false;
        while (true)
        {
            TimeSpan? wait;
            var told = Task.CompletedTask;
            try
            {
                // Taken before the look: what comes during it ends the sleep that follows.
                told = signals.ListenAsync(workflow.Type);
                if (!isDeclared)
                    await desk.DeclareAsync(workflow, cancellationToken);
                isDeclared = true;
                wait = await desk.AdmitAsync(workflow.Type, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                AdmissionLog.NotAdmitted(log, workflow.Type, exception.Message);
                wait = AfterFailure;
                told = Task.Delay(AfterFailure, clock, cancellationToken);
            }

            await SleepAsync(wait < LongestSleep ? wait.Value : LongestSleep, told, cancellationToken);
        }
    }

    async Task SleepAsync(TimeSpan wait, Task told, CancellationToken cancellationToken)
    {
        if (wait < TimeSpan.FromMilliseconds(1))
            wait = TimeSpan.FromMilliseconds(1);
        using var sleeping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(told, Task.Delay(wait, clock, sleeping.Token));
        await sleeping.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
