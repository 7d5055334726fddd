using System.Globalization;
using Resonance.Tests.Engine.Workers;
using Resonance.Workflows;
using Resonance.Workflows.Reconciliation;
using Xunit;

namespace Resonance.Tests.Workflows.Reconciliation;

/// <summary>What a long statement takes. Alone in the process, since what other tests hold would be counted as well.</summary>
[Collection<AloneInTheProcess>]
public sealed class StatementMemoryTests
{
    const int Lines = 100_000;

    /// <summary>A hundred thousand lines are more than 10 MB as objects.</summary>
    const long Growth = 2 * 1024 * 1024;

    static readonly DateTimeOffset Day = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    readonly List<long> _live = [];
    int _read;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reading_holds_no_more_the_longer_the_statement_is()
    {
        using var reader = new StatementReader(new GeneratedStatement(Lines, Line));
        Assert.Null(await reader.ReadHeaderAsync(Cancellation));
        await foreach (var entry in reader.ReadAsync(Cancellation))
            Assert.IsType<StatementLine>(entry);

        AssertFlat();
    }

    [Fact]
    public async Task Staging_and_comparing_hold_no_more_either()
    {
        // The database is a file: in memory it would be the statement that grows.
        var folder = Directory.CreateTempSubdirectory("resonance-statement-");
        await using (var database = new WorkerDatabase($"Data Source={Path.Combine(folder.FullName, "statement.db")};Pooling=False"))
        {
            await database.MigrateWorkersAsync(Cancellation);
            var period = new ReconciliationPeriod(MassTransit.NewId.NextGuid(), Day, Day.AddDays(1));
            using var reader = new StatementReader(new GeneratedStatement(Lines, Line));
            Assert.Null(await reader.ReadHeaderAsync(Cancellation));
            var run = await ReconciliationRun.BeginAsync(database, period, Cancellation);

            Assert.Equal(0, await run.StageAsync(reader.ReadAsync(Cancellation), Cancellation));
            var before = GC.GetTotalMemory(forceFullCollection: true);
            Assert.Equal(new RunCounts(Lines, 0), await run.CompareAsync(Cancellation));
            var after = GC.GetTotalMemory(forceFullCollection: true);
            await run.AbandonAsync(Cancellation);

            AssertFlat();
            Assert.InRange(after - before, long.MinValue, Growth);
        }

        folder.Delete(recursive: true);
    }

    void AssertFlat()
    {
        Assert.Equal((Lines, 4), (_read, _live.Count));
        Assert.InRange(_live[3] - _live[0], long.MinValue, Growth);
    }

    string Line(int number)
    {
        if (++_read % (Lines / 4) == 0)
            _live.Add(GC.GetTotalMemory(forceFullCollection: true));
        return string.Create(
            CultureInfo.InvariantCulture, $"capture,cap_{number:D9},{(number % 1000) + 1}.50,EUR,2026-11-23T09:15:43.105000Z");
    }
}

[CollectionDefinition(DisableParallelization = true)]
public sealed class AloneInTheProcess;
