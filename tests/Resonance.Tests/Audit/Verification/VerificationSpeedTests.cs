using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit.Ledger;
using Resonance.Audit.Verification;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Tests.Engine.Storage;
using Xunit;

namespace Resonance.Tests.Audit.Verification;

/// <summary>
/// Verifies a large history. <c>RESONANCE_VERIFY_STEPS</c> sets its steps; with 1,000,000 it takes minutes to write, and what is promised of
/// its verification is checked: a minute of processor time at most, so that one processor that has nothing else to do keeps it, in memory
/// that does not grow with the history.
/// </summary>
public sealed class VerificationSpeedTests() : AuditConformance(new SqliteAuditStores())
{
    const string Variable = "RESONANCE_VERIFY_STEPS";
    const int StepsEach = 5;
    const int InstancesAtOnce = 1000;
    const int Million = 1_000_000;

    static readonly TimeSpan Promised = TimeSpan.FromSeconds(60);
    const long PromisedBytes = 400_000_000;

    // Data and entries as large as those of an order that is under way.
    static readonly string Note = new('n', 500);

    [Fact]
    public async Task A_large_history_is_verified_in_bounded_time_and_memory()
    {
        var steps = int.Parse(Environment.GetEnvironmentVariable(Variable) ?? "2000", CultureInfo.InvariantCulture);
        for (var written = 0; written < steps; written += InstancesAtOnce * StepsEach)
            await WriteAsync(Math.Min(InstancesAtOnce, (steps - written) / StepsEach));
        Assert.Null(await NewCheckpointer().RoundAsync(Cancel));

        var findings = new List<VerificationFinding>();
        var verifier = Services.GetRequiredService<LedgerVerifier>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var done = new CancellationTokenSource();
        var peak = WatchMemoryAsync(done.Token);
        var (started, worked) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var result = await verifier.VerifyAsync(new VerificationRequest(), findings.Add, Cancel);
        var took = Stopwatch.GetElapsedTime(started);
        worked = Environment.CpuUsage.TotalTime - worked;
        await done.CancelAsync();

        var most = await peak - before;
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Rows:N0} rows in {took.TotalSeconds:N1} s ({worked.TotalSeconds:N1} s of processors), at most {most / 1_000_000:N0} MB."));
        Assert.Empty(findings);
        Assert.Equal((steps, steps), (result.Rows, result.Leaves));
        if (steps >= Million)
        {
            Assert.InRange(worked, TimeSpan.Zero, Promised * (steps / Million));
            Assert.InRange(most, long.MinValue, PromisedBytes);
        }
    }

    async Task WriteAsync(int count)
    {
        var ledger = Services.GetRequiredService<LedgerStore>();
        var instances = Enumerable.Range(0, count).Select(_ => new SampleInstance()).ToArray();
        for (var step = 0; step < StepsEach; step++)
        {
            var commits = instances.Select(instance => instance.Next(
                data: $$$"""{"total":{{{step}}}.50,"note":"{{{Note}}}","$engine":{"status":"running"}}""",
                entries: $$"""[{"kind":"stateChanged","from":"A","to":"B"},{"kind":"recovered","how":"{{Note}}"}]""")).ToArray();
            var results = await Store.CommitAsync(commits, TimeSpan.FromSeconds(30), Cancel);
            Assert.All(results, stored => Assert.Equal(StepOutcome.Committed, stored.Outcome));
            foreach (var (instance, commit) in instances.Zip(commits))
                instance.Advance(commit);
            var told = commits.Select(commit => StepSummary.Of(commit.Workflow.Type, commit.Workflow.Key, commit.Journal)).ToArray();
            await ledger.AppendAsync(told, StepSource.Message, Cancel);
        }
    }

    static async Task<long> WatchMemoryAsync(CancellationToken cancellationToken)
    {
        var most = 0L;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
        }
        catch (OperationCanceledException)
        {
            // It is verified.
        }

        return most;
    }
}
