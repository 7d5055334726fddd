using Resonance.Audit.Projections;
using Resonance.Engine.Operations;

namespace Resonance.Gateway.Dashboard.Live;

/// <summary>The figures of the last hour, read once for everybody who looks at the same moment.</summary>
sealed class LiveFigures(ProjectedFigures projections, QueueDepths queues, TimeProvider clock)
{
    static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan Window = TimeSpan.FromHours(1);

    readonly Lock _lock = new();
    Task<HourFigures>? _latest;
    long _readAt;

    /// <summary>The figures as they were half a second ago at most.</summary>
    public Task<HourFigures> ReadAsync(CancellationToken cancellationToken)
    {
        Task<HourFigures> latest;
        lock (_lock)
        {
            if (_latest is null || _latest.IsFaulted || clock.GetElapsedTime(_readAt) > Freshness)
            {
                _readAt = clock.GetTimestamp();

                // Begun on the thread pool: SQLite answers before it gives the thread back. Whoever asked may go, and the others stay.
                _latest = Task.Run(ReadAsync, CancellationToken.None);
            }

            latest = _latest;
        }

        return latest.WaitAsync(cancellationToken);
    }

    async Task<HourFigures> ReadAsync()
    {
        var now = clock.GetUtcNow();
        var from = now - Window;
        from = from.AddTicks(-(from.UtcTicks % TimeSpan.TicksPerMinute));
        var depth = queues.MeasureAsync(CancellationToken.None);
        return new HourFigures(from, now, await projections.ReadAsync(from, now, CancellationToken.None), await depth);
    }
}

/// <summary>How the workflows fared in the last hour, and what waits now.</summary>
sealed record HourFigures(DateTimeOffset From, DateTimeOffset To, WindowFigures Window, QueueDepth Depth)
{
    /// <summary>Transitions a second over the last minute.</summary>
    public double TransitionsPerSecond => PerSecond(figures => figures.Steps);

    /// <summary>Retries a second over the last minute.</summary>
    public double RetriesPerSecond => PerSecond(figures => figures.Retries);

    /// <summary>A value of each minute, the current one last; those in which nothing happened too.</summary>
    public IReadOnlyList<double?> Series(Func<StepFigures, double?> value)
    {
        var minutes = Window.Minutes.ToDictionary(minute => minute.Minute, minute => minute.Figures);
        var series = new List<double?>();
        for (var minute = From; minute <= To; minute = minute.AddMinutes(1))
            series.Add(value(minutes.GetValueOrDefault(minute, StepFigures.None)));
        return series;
    }

    /// <summary>The current minute counts whole, the one before for the part that is less than 60 s ago.</summary>
    double PerSecond(Func<StepFigures, double> count)
    {
        var minute = To.AddTicks(-(To.UtcTicks % TimeSpan.TicksPerMinute));
        var still = 1 - ((To - minute) / TimeSpan.FromMinutes(1));
        return (In(minute) + (In(minute.AddMinutes(-1)) * still)) / 60;

        double In(DateTimeOffset which) => Window.Minutes.Where(figures => figures.Minute == which).Sum(figures => count(figures.Figures));
    }
}
