using System.Data.Common;
using Resonance.Audit.Projections;
using Resonance.Engine.Storage;

namespace Resonance.Host;

/// <summary>Looks after what the audit keeps: <c>audit rebuild</c> computes its figures anew.</summary>
static class AuditVerb
{
    const string Usage = "Usage: Resonance.Host audit rebuild [--Section:Key value ...]";

    static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);

    /// <returns>0 when it is done, 1 when a rebuild that was begun later was done first, 2 when it could not be done.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> build, CancellationToken cancellationToken)
    {
        if (args is not ["rebuild", ..])
        {
            Console.Error.WriteLine(args is [var action, ..] ? $"The audit cannot '{action}'. {Usage}" : Usage);
            return 2;
        }

        await using var app = build(args[1..]);
        try
        {
            return await RebuildAsync(app.Services, cancellationToken);
        }
        catch (Exception exception) when (exception is DbException or SchemaOutOfDateException)
        {
            Console.Error.WriteLine($"The figures stay as they are: {exception.Message}");
            return 2;
        }
    }

    static async Task<int> RebuildAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var result = await services.GetRequiredService<ProjectionRebuild>().RunAsync(
            new ConsoleProgress(services.GetRequiredService<TimeProvider>()), cancellationToken);
        if (!result.Exchanged)
        {
            Console.Error.WriteLine("Another rebuild, which was begun later, was done first. Its figures are read now.");
            return 1;
        }

        Console.WriteLine($"The figures are computed anew from {result.Steps:N0} steps.");
        if (result.Absent > 0)
        {
            Console.WriteLine(
                $"The journal does not have {result.Absent:N0} of them; these count as they were witnessed. " +
                "Ask 'Resonance.Host verify' what became of them.");
        }

        return 0;
    }

    /// <summary>Says once a second how far it is.</summary>
    sealed class ConsoleProgress(TimeProvider clock) : IProgress<RebuildProgress>
    {
        readonly long _started = clock.GetTimestamp();
        TimeSpan _told = TimeSpan.Zero;

        public void Report(RebuildProgress value)
        {
            var elapsed = clock.GetElapsedTime(_started);
            if (elapsed - _told < BetweenReports)
                return;

            _told = elapsed;
            Console.Error.WriteLine(
                $"{value.Counted:N0} of {value.Size:N0} steps ({(double)value.Counted / value.Size:P0}), {value.Counted / elapsed.TotalSeconds:N0} a second");
        }
    }
}
