namespace Resonance.Audit.Trail;

/// <summary>Somebody who is told of steps as they are witnessed, without a gap and without a repetition. Not for several threads at once.</summary>
public sealed class LedgerListener : IAsyncDisposable
{
    const int PositionsAtOnce = 2_000;

    readonly LedgerFollower _follower;
    readonly AuditTrailReader _reader;
    readonly TimeProvider _clock;
    readonly TrailFilter _filter;
    bool _left;

    internal LedgerListener(LedgerFollower follower, AuditTrailReader reader, TimeProvider clock, TrailFilter filter, long position)
    {
        _follower = follower;
        _reader = reader;
        _clock = clock;
        _filter = filter;
        Position = position;
    }

    /// <summary>Up to here the listener has been told of everything that it asked for.</summary>
    public long Position { get; private set; }

    /// <summary>Waits for the next steps that are asked for.</summary>
    /// <param name="atMost">How long to wait for one.</param>
    /// <param name="cancellationToken">Gives up; nothing is lost, the position stays where it was.</param>
    /// <returns>The steps in the order in which they were witnessed; none when the time is over.</returns>
    public async Task<IReadOnlyList<TrailStep>> NextAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(atMost, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        while (true)
        {
            var (kept, last, advanced) = _follower.After(Position);
            var to = kept is null ? Math.Min(last, Position + PositionsAtOnce) : last;
            var steps = kept is null
                ? await _reader.ReadForwardAsync(_filter, Position, to, cancellationToken)
                : [.. kept.Where(_filter.Matches)];
            Position = to;
            if (steps.Count > 0 || over.IsCancellationRequested)
                return steps;
            if (to < last)
                continue;

            await advanced.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Stops listening.</summary>
    public ValueTask DisposeAsync()
    {
        if (!_left)
            _follower.Leave();
        _left = true;
        return ValueTask.CompletedTask;
    }
}
