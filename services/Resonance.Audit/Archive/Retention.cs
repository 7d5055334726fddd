using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Resonance.Audit.Archive;

/// <summary>Archives once an hour what is older than <see cref="ArchiveOptions.RetainFor"/>; does nothing while that is not set.</summary>
sealed partial class Retention(Archiver archiver, ArchiveOptions options, TimeProvider clock, ILogger<Retention> log) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.RetainFor is not { } age)
            return;

        using var rounds = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                var result = await archiver.RunAsync(clock.GetUtcNow() - age, stoppingToken);
                if (result.Instances > 0 || result.Held > 0)
                    LogArchived(result.Instances, result.Rows, result.Files, result.Held);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception.Message);
            }
        } while (await rounds.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(EventId = 5201, EventName = "JournalsArchived", Level = LogLevel.Information,
        Message = "Moved the journals of {Instances} instances, {Rows} rows, to {Files} archive files; {Held} stay, since not all of their steps can be proven yet.")]
    partial void LogArchived(long instances, long rows, int files, long held);

    [LoggerMessage(5202, LogLevel.Warning, "Old journals could not be archived; trying again in an hour. {Error}", EventName = "JournalsNotArchived")]
    partial void LogFailed(string error);
}
