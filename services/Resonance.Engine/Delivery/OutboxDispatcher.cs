using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Recovery;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Delivery;

/// <summary>Sends what is due: timers, and messages that nobody sent right after their commit.</summary>
/// <remarks>
/// It wakes when a timer that this process set comes due, and once a second otherwise: that is how it finds what other processes
/// stored or left behind. Any number of dispatchers share the work; a claimed message is leased to one of them.
/// </remarks>
sealed class OutboxDispatcher(
    IWorkflowStore store, OutboxSender sender, DeliveryOptions options, IBusControl bus, TimeProvider clock, ILogger<OutboxDispatcher> log)
    : BackgroundService
{
    const int MostAtOnce = 200;
    static readonly TimeSpan IdleWait = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait after a failed attempt to send.</summary>
    internal static readonly TimeSpan LongestResend = TimeSpan.FromMinutes(1);

    static readonly RetryPolicy Resend = new()
    {
        InitialInterval = TimeSpan.FromSeconds(1),
        BackoffCoefficient = 2,
        MaximumInterval = LongestResend,
        MaximumAttempts = 0,
    };

    readonly Lock _lock = new();
    TaskCompletionSource _sooner = new(TaskCreationOptions.RunContinuationsAsynchronously);
    DateTimeOffset _wakeAt = DateTimeOffset.MaxValue;

    /// <summary>Tells that a message comes due after so long.</summary>
    public void WakeIn(TimeSpan delay)
    {
        var wakeAt = clock.GetUtcNow() + delay;
        lock (_lock)
        {
            if (wakeAt >= _wakeAt)
                return;
            _wakeAt = wakeAt;
            _sooner.TrySetResult();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What is sent before the endpoints are bound reaches no queue.
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await DispatchAsync(stoppingToken) == 0)
                    await WaitAsync(await store.NextDueAsync(stoppingToken), stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.DispatchFailed(log, exception.Message);
                await Task.Delay(IdleWait, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    async Task<int> DispatchAsync(CancellationToken cancellationToken)
    {
        // What comes due from here on is noted for the wait that follows; what came due before is claimed now.
        lock (_lock)
            _wakeAt = DateTimeOffset.MaxValue;

        var due = await store.ClaimDueAsync(MostAtOnce, options.Lease, cancellationToken);
        await Task.WhenAll(due.Select(row => SendAsync(row, cancellationToken)));
        return due.Count;
    }

    async Task SendAsync(OutboxMessage row, CancellationToken cancellationToken)
    {
        if (row.Timer is not null && row.Attempts == 0)
            ResonanceMetrics.TimerSent(row.Overdue);
        try
        {
            // A confirm that never comes must not hold the dispatcher: after the lease another sender may have the message.
            await sender.SendAsync(OutgoingMessage.FromRow(row), cancellationToken).WaitAsync(options.Lease, clock, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var delay = Resend.DelayBefore(row.Attempts + 1, chance: 1);
            Log.SendFailed(log, row.MessageId, row.Destination, exception.Message);
            await store.PostponeAsync(row.MessageId, delay, exception.Message, cancellationToken);
        }
    }

    async Task WaitAsync(TimeSpan? nextDue, CancellationToken cancellationToken)
    {
        Task sooner;
        TimeSpan wait;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            wait = IdleWait;
            if (nextDue < wait)
                wait = nextDue.Value;
            if (_wakeAt - now < wait)
                wait = _wakeAt - now;

            // Only what comes due before that is a reason to wake sooner: most timers are far off, and are called off long before.
            _wakeAt = now + wait;
            _sooner = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            sooner = _sooner.Task;
        }

        // A due time between two clock ticks must not make a busy loop.
        if (wait < TimeSpan.FromMilliseconds(1))
            wait = TimeSpan.FromMilliseconds(1);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(sooner, Task.Delay(wait, clock, waiting.Token));
        await waiting.CancelAsync();
    }
}
