using Microsoft.Extensions.Logging;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Steps;

/// <summary>Waits out a store that is away. Messages stay with the broker meanwhile; none is blamed and set aside for it.</summary>
sealed class StorePatience(IWorkflowStore store, TimeProvider clock, ILogger<StorePatience> log)
{
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Calls until it answers, waiting longer each time; anything but a transient error comes out at once.</summary>
    public async Task<TResult> CallAsync<TResult>(Func<Task<TResult>> call, CancellationToken cancellationToken)
    {
        for (var wait = TimeSpan.FromMilliseconds(50); ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                return await call();
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && store.IsTransient(exception))
            {
                Log.StoreAway(log, wait.TotalMilliseconds, exception.Message);
                await Task.Delay(wait, clock, cancellationToken);
            }
        }
    }
}
