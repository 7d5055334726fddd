using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Audit.Ledger;

namespace Resonance.Audit.Witness;

/// <summary>
/// Sees to it that the ledger is whole, whatever became of the messages. Each minute of the journal is settled once: compared with the
/// ledger row by row. What is younger is counted at every round and compared where it disagrees, and now and then everything is counted.
/// </summary>
sealed partial class CatchUp(
    JournalComparison comparison, AuditDatabase database, AuditOptions options, TimeProvider clock, ILogger<CatchUp> log) : BackgroundService
{
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    // A commit may come later than the time that its rows bear: by its own duration and by the difference of two clocks.
    static readonly TimeSpan SettleAfter = TimeSpan.FromMinutes(2);

    static readonly StoreText ReadSettled = new("SELECT settled_to FROM ledger WHERE id = 1");

    static readonly StoreText Settle = new("UPDATE ledger SET settled_to = @to WHERE id = 1 AND coalesce(settled_to, 0) < @to");

    DateTimeOffset? _conserved;

    /// <summary>One round.</summary>
    /// <returns>Rows that were filled in from the journal.</returns>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var horizon = Floor(now - SettleAfter - options.Grace);
        var settled = await SettledAsync(cancellationToken);
        var filled = await SettleAsync(settled, horizon, cancellationToken);
        filled += await MendAsync(horizon, now - options.Grace, cancellationToken);
        if (_conserved is null || now - _conserved >= options.ConservationInterval)
        {
            filled += await MendAsync(DateTimeOffset.UnixEpoch, horizon, cancellationToken);
            _conserved = now;
        }

        if (filled > 0)
            LogFilled(filled);
        return filled;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(options.CatchUpInterval, clock);
        try
        {
            do
            {
                try
                {
                    await RunAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    // Whatever it is, the audit's trouble must not end the process: an engine may be in it.
                    LogAway(exception.Message);
                }
            } while (await rounds.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // An orderly stop; what was not compared is compared by the next process.
        }
    }

    /// <summary>Compares every minute with rows, and moves the mark on after each: a stop in between loses little.</summary>
    async Task<long> SettleAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if (from >= to)
            return 0;

        var filled = 0L;
        foreach (var minute in await comparison.CountAsync(from, to, cancellationToken))
        {
            filled += await comparison.CompareAsync(minute.Start, minute.Start + Minute, cancellationToken);
            await MarkAsync(minute.Start + Minute, cancellationToken);
        }

        await MarkAsync(to, cancellationToken);
        return filled;
    }

    /// <summary>Compares the minutes in which the numbers disagree.</summary>
    async Task<long> MendAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var filled = 0L;
        foreach (var minute in await comparison.CountAsync(from, to, cancellationToken))
        {
            if (minute.Journal == minute.Ledger)
                continue;
            var end = minute.Start + Minute;
            filled += await comparison.CompareAsync(minute.Start, end < to ? end : to, cancellationToken);
        }

        return filled;
    }

    async Task<DateTimeOffset> SettledAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            (session, token) => session.QueryOneAsync(
                ReadSettled, row => row.IsNull(0) ? (DateTimeOffset?)null : row.Time(0), token),
            cancellationToken) ?? DateTimeOffset.UnixEpoch;

    Task MarkAsync(DateTimeOffset to, CancellationToken cancellationToken) =>
        database.WriteAsync((session, token) => session.ExecuteAsync(Settle, token, ("@to", to)), cancellationToken);

    static DateTimeOffset Floor(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);

    [LoggerMessage(EventId = 5002, EventName = "LedgerFilled", Level = LogLevel.Information,
        Message = "The ledger was filled with {Rows} steps from the journal, of which no message had come.")]
    partial void LogFilled(long rows);

    [LoggerMessage(EventId = 5003, EventName = "LedgerNotCompared", Level = LogLevel.Warning,
        Message = "The journal could not be compared with the ledger; trying again at the next round. {Error}")]
    partial void LogAway(string error);
}
