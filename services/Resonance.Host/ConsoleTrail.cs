using System.Threading.Channels;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;

namespace Resonance.Host;

/// <summary>Prints the audit trail of the steps that this process takes, off the steps' way.</summary>
sealed class ConsoleTrail(CommittedSteps steps) : BackgroundService
{
    const int MostWaiting = 10_000;

    // The journal has every line; a console that cannot keep up loses some, and no step waits for it.
    readonly Channel<StepCommit> _waiting = Channel.CreateBounded<StepCommit>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        steps.Committed += step => _waiting.Writer.TryWrite(step);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var step in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                foreach (var line in AuditTrail.Lines(step.Workflow.Key, step.Journal))
                    Console.Out.WriteLine(line);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // An orderly stop is no failure, also while the process is still starting.
        }
    }
}
