using Microsoft.Extensions.Hosting;
using Resonance.Engine.Operations;

namespace Resonance.Gateway.Dashboard.Live;

/// <summary>How many messages waited in the last hour, as far as this process saw it: nobody else keeps that.</summary>
sealed class DepthHistory(QueueDepths queues, TimeProvider clock) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    const int MostKept = 240;

    readonly Lock _lock = new();
    readonly Queue<double?> _depths = new(MostKept);

    /// <summary>The depths, four a minute, the newest last; null where it could not be measured.</summary>
    public IReadOnlyList<double?> Depths
    {
        get
        {
            lock (_lock)
                return [.. _depths];
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Interval, clock);
        do
        {
            var depth = await queues.MeasureAsync(stoppingToken);
            lock (_lock)
            {
                _depths.Enqueue(depth.Messages);
                while (_depths.Count > MostKept)
                    _depths.Dequeue();
            }
        }
        while (await pace.WaitForNextTickAsync(stoppingToken));
    }
}
