using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.RuleSets;

/// <summary>Has the rules of this process decide by their last versions, whoever published them: it looks once a second.</summary>
sealed class RuleSetRefresh(RuleBook book, RuleVersions versions, TimeProvider clock, ILogger<RuleSetRefresh> log) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    readonly SemaphoreSlim _one = new(1);
    long _seen = -1;

    /// <summary>Takes over what was stored since the last time.</summary>
    /// <returns>What is wrong with versions that this process cannot use; their rules keep the ones that they have.</returns>
    public async Task<IReadOnlyList<string>> RefreshAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            // Counted first: what comes while the rest is read is found the next time.
            var count = await versions.CountAsync(cancellationToken);
            if (count == _seen)
                return [];

            var problems = new List<string>();
            foreach (var rule in book.All)
            {
                if (await versions.OfAsync(rule, cancellationToken) is not [.., var last] || last == rule.Rule.Version)
                    continue;
                problems.AddRange(rule.Rule.Use(last).Select(error => $"rule {rule}, version {last.Number}: {error}"));
            }

            _seen = count;
            return problems;
        }
        finally
        {
            _one.Release();
        }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryRefreshAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; there is nothing to finish.
        }
    }

    async Task TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var problem in await RefreshAsync(cancellationToken))
                Log.RuleNotUsed(log, problem);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The store is away: steps wait for it, and so do new rules.
            Log.RulesNotRead(log, exception.Message);
        }
    }
}
