using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Delivery;

/// <summary>Removes messages that have arrived from the outbox, many at once and off everybody's way.</summary>
/// <remarks>A removal that is lost with the process costs a repeated message, which its receiver recognises.</remarks>
sealed class OutboxCompletions : IHostedService
{
    const int MostAtOnce = 1000;
    static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    readonly IWorkflowStore _store;
    readonly StorePatience _patience;
    readonly TimeProvider _clock;
    readonly ILogger<OutboxCompletions> _log;
    readonly GroupRunner<Guid> _runner;
    readonly CancellationTokenSource _stopping = new();
    int _open;

    public OutboxCompletions(IWorkflowStore store, StorePatience patience, TimeProvider clock, ILogger<OutboxCompletions> log)
    {
        _store = store;
        _patience = patience;
        _clock = clock;
        _log = log;
        _runner = new GroupRunner<Guid>(MostAtOnce, RemoveAsync);
    }

    public void Add(Guid messageId)
    {
        Interlocked.Increment(ref _open);
        _runner.Add(messageId);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lets what is underway finish, so that an orderly stop leaves no message to repeat.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        while (Volatile.Read(ref _open) > 0 && !cancellationToken.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
    }

    async Task RemoveAsync(List<Guid> group)
    {
        try
        {
            if (group.Count < MostAtOnce && !_stopping.IsCancellationRequested)
                await Task.Delay(Gather, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _patience.CallAsync(
                async () =>
                {
                    await _store.CompleteAsync(group, CancellationToken.None);
                    return true;
                },
                _stopping.Token);
        }
        catch (Exception exception)
        {
            Log.CompletionLost(_log, group.Count, exception);
        }
        finally
        {
            Interlocked.Add(ref _open, -group.Count);
        }
    }
}
