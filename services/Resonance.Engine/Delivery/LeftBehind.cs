using Microsoft.Extensions.Hosting;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Delivery;

/// <summary>
/// Puts back into delivery what the process before this one had under way, when the broker died with it. It is done before anything else
/// is sent: later it would send again what this process has just sent itself.
/// </summary>
sealed class LeftBehind(IWorkflowStore store, StorePatience patience, DeliveryOptions options) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => options.DoneWhenConsumed
        ? patience.CallAsync(
            async () =>
            {
                await store.ReleaseLeasesAsync(cancellationToken);
                return true;
            },
            cancellationToken)
        : Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
