using Microsoft.Extensions.Logging;

namespace Resonance.Audit.Trail;

/// <summary>
/// Tells listeners of steps as they are witnessed, by whichever process. While anybody listens it looks at the ledger four times a second,
/// and at once when this process has appended.
/// </summary>
/// <remarks>
/// What came last is kept for all listeners together. Who is further behind than that, because its connection is slow or because it was away,
/// reads from the ledger until it has caught up: nobody loses a step, and nobody's slowness costs memory.
/// </remarks>
public sealed partial class LedgerFollower : IAsyncDisposable
{
    const int MostKept = 4_096;
    const int StepsAtOnce = 1_000;

    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    static readonly TrailFilter Everything = new();

    readonly AuditTrailReader _reader;
    readonly TimeProvider _clock;
    readonly ILogger<LedgerFollower> _log;
    readonly Lock _lock = new();
    readonly LinkedList<TrailStep> _kept = [];
    TaskCompletionSource _advanced = NewSignal();
    TaskCompletionSource _appended = NewSignal();
    CancellationTokenSource? _stop;
    Task<long>? _begun;
    Task _running = Task.CompletedTask;
    int _listeners;
    long _position;

    internal LedgerFollower(AuditTrailReader reader, TimeProvider clock, ILogger<LedgerFollower> log)
    {
        _reader = reader;
        _clock = clock;
        _log = log;
    }

    /// <summary>Looks at the ledger at once, if anybody listens. Quick, and never throws.</summary>
    public void Look()
    {
        lock (_lock)
            _appended.TrySetResult();
    }

    /// <summary>Begins to listen.</summary>
    /// <param name="filter">The steps to be told of.</param>
    /// <param name="after">Steps after this position; null for those that are witnessed from now on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LedgerListener> ListenAsync(TrailFilter filter, long? after, CancellationToken cancellationToken)
    {
        Task<long> begun;
        lock (_lock)
        {
            if (_listeners++ == 0)
                Begin();
            begun = _begun!;
        }

        try
        {
            await begun.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave();
            throw;
        }

        lock (_lock)
        {
            // A position that the ledger does not have yet is one of another ledger, or of this one before it was set back.
            return new LedgerListener(this, _reader, _clock, filter, Math.Min(after ?? _position, _position));
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_lock)
        {
            _stop?.Cancel();
            running = _running;
        }

        await running;
    }

    /// <summary>What came after a position, as far as it is kept.</summary>
    /// <returns>
    /// The steps; null when some are no longer kept. How far the ledger goes. What is over when it goes further.
    /// </returns>
    internal (IReadOnlyList<TrailStep>? Steps, long Position, Task Advanced) After(long position)
    {
        lock (_lock)
        {
            if (position >= _position)
                return ([], _position, _advanced.Task);
            if (_kept.First is not { } first || first.Value.Position > position + 1)
                return (null, _position, _advanced.Task);

            var steps = new List<TrailStep>();
            for (var node = _kept.Last; node is not null && node.Value.Position > position; node = node.Previous)
                steps.Add(node.Value);
            steps.Reverse();
            return (steps, _position, _advanced.Task);
        }
    }

    internal void Leave()
    {
        lock (_lock)
        {
            if (--_listeners > 0)
                return;

            _stop!.Cancel();
        }
    }

    void Begin()
    {
        var stop = _stop = new CancellationTokenSource();
        var before = _running;
        var begun = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _begun = begun.Task;
        _running = Task.Run(() => RunAsync(before, begun, stop), CancellationToken.None);
    }

    async Task RunAsync(Task before, TaskCompletionSource<long> begun, CancellationTokenSource stop)
    {
        await before;
        try
        {
            var last = await _reader.LastAsync(stop.Token);
            lock (_lock)
            {
                _kept.Clear();
                _position = last;
            }

            begun.SetResult(last);
            while (true)
                await FollowAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            begun.TrySetCanceled(CancellationToken.None);
        }
        catch (Exception exception)
        {
            // Whoever waits for the beginning is told; the next listener begins anew.
            begun.TrySetException(exception);
        }
    }

    async Task FollowAsync(CancellationToken cancellationToken)
    {
        Task appended;
        lock (_lock)
        {
            if (_appended.Task.IsCompleted)
                _appended = NewSignal();
            appended = _appended.Task;
        }

        try
        {
            while (await ReadOnAsync(cancellationToken))
            {
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LedgerNotRead(_log, exception.Message);
        }

        await Task.WhenAny(appended, Task.Delay(Interval, _clock, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <returns>Whether there may be more.</returns>
    async Task<bool> ReadOnAsync(CancellationToken cancellationToken)
    {
        var steps = await _reader.ReadForwardAsync(Everything, _position, _position + StepsAtOnce, cancellationToken);
        if (steps.Count == 0)
            return false;

        TaskCompletionSource advanced;
        lock (_lock)
        {
            foreach (var step in steps)
                _kept.AddLast(step);
            while (_kept.Count > MostKept)
                _kept.RemoveFirst();
            _position = steps[^1].Position;
            advanced = _advanced;
            _advanced = NewSignal();
        }

        advanced.SetResult();
        return steps.Count == StepsAtOnce;
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(5301, LogLevel.Warning, "The ledger could not be read for those who listen to it; looking again. {Error}")]
    static partial void LedgerNotRead(ILogger log, string error);
}
