using Microsoft.Extensions.Logging.Abstractions;
using Resonance.Audit.Ledger;
using Resonance.Audit.Projections;
using Resonance.Contracts.Audit;
using NewId = MassTransit.NewId;

namespace Resonance.Benchmarks;

/// <param name="Window">How far back.</param>
/// <param name="P50Ms">Half of the readings took no longer.</param>
/// <param name="P99Ms">99 of 100 took no longer.</param>
/// <param name="CpuMs">What one reading takes of a core: this does not depend on what else the machine does.</param>
sealed record WindowFigure(string Window, double P50Ms, double P99Ms, double CpuMs);

/// <param name="Store">What the figures lie in.</param>
/// <param name="Steps">Steps that were counted, over a day.</param>
/// <param name="StepsPerSecond">How fast.</param>
/// <param name="Windows">What it costs to read them.</param>
sealed record FiguresResult(string Store, long Steps, double StepsPerSecond, IReadOnlyList<WindowFigure> Windows);

/// <summary>What the figures of the audit cost: to keep, step by step, and to read, for each window of the summary.</summary>
static class Figures
{
    const int Workflows = 1_000_000;
    const int StepsEach = 10;
    const int Readings = 100;
    const int Minutes = 24 * 60;

    static readonly string[] Types = ["order", "payment", "notification", "reconciliation", "reporting"];

    static readonly (string Name, TimeSpan Length)[] Windows =
        [("15m", TimeSpan.FromMinutes(15)), ("1h", TimeSpan.FromHours(1)), ("6h", TimeSpan.FromHours(6)), ("24h", TimeSpan.FromHours(24))];

    public static async Task<FiguresResult> MeasureAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var files = Directory.CreateTempSubdirectory("resonance-benchmark-");
        try
        {
            if (Environment.GetEnvironmentVariable("RESONANCE_TEST_POSTGRES") is { Length: > 0 } postgres)
            {
                await using var server = await BenchmarkDatabase.CreateAsync(postgres, cancellationToken);
                await using var onPostgres = AuditDatabase.OnPostgres(
                    server.ConnectionString, new AuditRoles("", ""), writes: true, NullLoggerFactory.Instance);
                return await MeasureAsync("Postgres", onPostgres, options, cancellationToken);
            }

            await using var onSqlite = AuditDatabase.OnSqlite(
                $"Data Source={Path.Combine(files.FullName, "audit.db")}", NullLoggerFactory.Instance);
            return await MeasureAsync("SQLite", onSqlite, options, cancellationToken);
        }
        finally
        {
            files.Delete(recursive: true);
        }
    }

    static async Task<FiguresResult> MeasureAsync(
        string store, AuditDatabase database, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await database.MigrateAsync(cancellationToken);
        var now = TimeProvider.System.GetUtcNow();
        var projections = new StepProjections();
        var random = new Random(1);
        var counted = 0L;
        var began = TimeProvider.System.GetTimestamp();
        var each = (options.Workflows ?? Workflows) / Minutes;
        for (var minute = 0; minute < Minutes; minute++)
        {
            // As they come: some thousand steps, most of them of the same minute.
            foreach (var steps in Ended(random, now.AddMinutes(minute - Minutes), each).Chunk(2_000))
            {
                counted += steps.Length;
                await database.WriteAsync(
                    async (session, token) =>
                    {
                        await projections.ApplyAsync(session, steps, token);
                        return true;
                    },
                    cancellationToken);
            }
        }

        var elapsed = TimeProvider.System.GetElapsedTime(began);
        var figures = new ProjectedFigures(database);
        var windows = new List<WindowFigure>();
        foreach (var (name, length) in Windows)
        {
            var times = new double[Readings];
            await figures.ReadAsync(now - length, now, cancellationToken);
            var cpu = Environment.CpuUsage.TotalTime;
            for (var reading = 0; reading < Readings; reading++)
            {
                var asked = TimeProvider.System.GetTimestamp();
                await figures.ReadAsync(now - length, now, cancellationToken);
                times[reading] = TimeProvider.System.GetElapsedTime(asked).TotalMilliseconds;
            }

            cpu = Environment.CpuUsage.TotalTime - cpu;
            Array.Sort(times);
            windows.Add(new WindowFigure(name, times[Readings / 2 - 1], times[Readings * 99 / 100 - 1], cpu.TotalMilliseconds / Readings));
        }

        return new FiguresResult(store, counted, counted / elapsed.TotalSeconds, windows);
    }

    static IEnumerable<CommittedStep> Ended(Random random, DateTimeOffset minute, int workflows)
    {
        for (var workflow = 0; workflow < workflows; workflow++)
        {
            var id = NewId.NextGuid();
            var type = Types[random.Next(Types.Length)];

            // From tens of milliseconds to tens of seconds.
            var duration = (long)Math.Pow(10, 1.5 + random.NextDouble() * 3);
            for (var sequence = 1; sequence <= StepsEach; sequence++)
            {
                var last = sequence == StepsEach;
                yield return new CommittedStep
                {
                    WorkflowId = id,
                    Type = type,
                    Key = "",
                    Sequence = sequence,
                    Event = "Happened",
                    From = sequence == 1 ? "Initial" : "Processing",
                    To = last ? "Completed" : "Processing",
                    Kinds = ["stateChanged", "commandSent"],
                    Outcome = last ? "completed" : null,
                    DurationMs = last ? duration : null,
                    Hash = "",
                    OccurredAt = minute.AddMilliseconds(random.Next(60_000)),
                };
            }
        }
    }
}
