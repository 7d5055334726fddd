using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Resonance.Engine.Schedules;

/// <summary>Runs schedules in this process: it sleeps until one is due, and at the most for a while, as others may change them.</summary>
sealed class Scheduler(ScheduleRunner runner, ScheduleSignal signal, IBusControl bus, TimeProvider clock, ILogger<Scheduler> log)
    : BackgroundService
{
    static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(5);
    static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // What is sent before the endpoints are bound reaches no queue.
            await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
            while (true)
            {
                // Taken before the look: a change that comes during it ends the sleep that follows.
                var changed = signal.Changed;
                var wait = await LookAsync(stoppingToken);
                if (wait > TimeSpan.Zero)
                    await SleepAsync(wait, changed, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; what is under way is repeated by the next one, and starts nothing twice.
        }
    }

    async Task<TimeSpan> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var again = await runner.RunAsync(cancellationToken) - clock.GetUtcNow();
            return again < LongestSleep ? again.Value : LongestSleep;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            ScheduleLog.NotRead(log, exception.Message);
            return AfterFailure;
        }
    }

    async Task SleepAsync(TimeSpan wait, Task changed, CancellationToken cancellationToken)
    {
        // A due time between two clock ticks must not make a busy loop.
        if (wait < TimeSpan.FromMilliseconds(1))
            wait = TimeSpan.FromMilliseconds(1);
        using var sleeping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(wait, clock, sleeping.Token));
        await sleeping.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}

/// <summary>Tells the scheduler of this process that a schedule was changed.</summary>
sealed class ScheduleSignal
{
    TaskCompletionSource _changed = New();

    /// <summary>Ends with the next change.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    public void Raise() => Interlocked.Exchange(ref _changed, New()).TrySetResult();

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
