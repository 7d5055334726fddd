using System.Data.Common;
using System.Globalization;
using Resonance.Audit.Archive;
using Resonance.Audit.Projections;
using Resonance.Engine.Storage;

namespace Resonance.Host;

/// <summary>
/// Looks after what the audit keeps: <c>audit rebuild</c> computes its figures anew, <c>audit archive</c> moves old journals to files, and
/// <c>audit verify-archive</c> verifies such files without any database.
/// </summary>
static class AuditVerb
{
    const string Usage =
        """
        Usage: Resonance.Host audit rebuild                  [--Section:Key value ...]
               Resonance.Host audit archive DAYS             [--Section:Key value ...]
               Resonance.Host audit verify-archive FILE...   [--Section:Key value ...]
        """;

    static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(1);

    /// <returns>0 when it is done, 1 when a rebuild that was begun later was done first, 2 when it could not be done.</returns>
    public static async Task<int> RunAsync(string[] args, Func<string[], WebApplication> build, CancellationToken cancellationToken)
    {
        switch (args)
        {
            case ["rebuild", ..]:
                {
                    await using var app = build(args[1..]);
                    return await TryAsync(() => RebuildAsync(app.Services, cancellationToken), "The figures stay as they are");
                }

            case ["archive", var text, ..] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days > 0:
                {
                    await using var app = build(args[2..]);
                    return await TryAsync(() => ArchiveAsync(app.Services, TimeSpan.FromDays(days), cancellationToken), "Not everything was archived");
                }

            case ["verify-archive", not ['-', ..], ..]:
                {
                    var files = args[1..].TakeWhile(argument => !argument.StartsWith('-')).ToArray();
                    await using var app = build(args[(1 + files.Length)..]);
                    return await TryAsync(() => VerifyArchiveAsync(app.Services, files, cancellationToken), "Not everything was verified");
                }

            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    static async Task<int> TryAsync(Func<Task<int>> action, string otherwise)
    {
        try
        {
            return await action();
        }
        catch (Exception exception) when (exception is DbException or SchemaOutOfDateException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{otherwise}: {exception.Message}");
            return 2;
        }
    }

    static async Task<int> ArchiveAsync(IServiceProvider services, TimeSpan age, CancellationToken cancellationToken)
    {
        var clock = services.GetRequiredService<TimeProvider>();
        var result = await services.GetRequiredService<Archiver>().RunAsync(clock.GetUtcNow() - age, cancellationToken);
        Console.WriteLine($"The journals of {result.Instances:N0} instances, {result.Rows:N0} rows, were moved to {result.Files:N0} files.");
        if (result.Held > 0)
        {
            Console.WriteLine(
                $"{result.Held:N0} instances are old enough and stay: not all of their steps can be proven. Wait for the next checkpoint, or ask " +
                "'Resonance.Host verify' what is wrong with them.");
        }

        return 0;
    }

    static async Task<int> VerifyArchiveAsync(IServiceProvider services, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var verifier = services.GetRequiredService<ArchiveVerifier>();
        var findings = 0;
        foreach (var file in files)
        {
            var result = await verifier.VerifyAsync(file, cancellationToken);
            foreach (var finding in result.Findings)
                Console.WriteLine(finding);
            Console.WriteLine($"{file}: {result.Instances:N0} instances, {result.Rows:N0} rows, {result.Findings.Count:N0} findings.");
            findings += result.Findings.Count;
        }

        return findings == 0 ? 0 : 1;
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
                $"The journal no longer has {result.Absent:N0} of them, which count as they were witnessed: they were archived, " +
                "or 'Resonance.Host verify' tells what became of them.");
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
