using Resonance.Audit.Ledger;
using Resonance.Audit.Projections;
using Resonance.Contracts.Audit;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Audit.Projections;

/// <summary>The figures that are kept say what a recount of the steps says: the same for every store; a class a store derives from it.</summary>
public abstract class ProjectionConformance : AuditSuite
{
    static readonly DateTimeOffset Epoch = StepHistories.Epoch;

    readonly StepProjections _projections = new();

    ProjectedFigures Figures => Of<ProjectedFigures>();

    ProjectedMachines Machines => Of<ProjectedMachines>();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(3, 1_000)]
    public Task Figures_are_those_of_a_recount_whatever_order_and_groups_the_steps_come_in(int seed, int group) =>
        AssertRecountAsync(seed, instances: 120, group);

    private protected async Task AssertRecountAsync(int seed, int instances, int group)
    {
        var steps = StepHistories.Of(seed, instances);
        var shuffled = steps.ToArray();
        new Random(seed).Shuffle(shuffled);
        foreach (var chunk in shuffled.Chunk(group))
            await ApplyAsync(chunk);

        await AssertRecountAsync(steps);
    }

    private protected async Task AssertRecountAsync(IReadOnlyList<CommittedStep> steps)
    {
        await AssertRecountAsync(steps, Epoch.AddDays(-1), Epoch.AddDays(1));
        await AssertRecountAsync(steps, Epoch.AddHours(1), Epoch.AddHours(2));
        await AssertRecountAsync(steps, Epoch.AddMinutes(95), Epoch.AddMinutes(98));
    }

    [Fact]
    public async Task Percentiles_of_a_window_are_those_of_all_its_durations_and_no_average_of_its_minutes()
    {
        // One slow minute among quick ones: an average of the minutes' percentiles would be far off.
        var random = new Random(5);
        var durations = Enumerable.Range(0, 3_000).Select(_ => (long)(20_000 * Math.Pow(random.NextDouble(), 4))).ToArray();
        await ApplyAsync([.. durations.Select((duration, index) => StepHistories.Step(
            StepHistories.Id(5, index), 1, "Initial", "Completed", Epoch.AddMinutes(duration > 5_000 ? 7 : index % 7), outcome: "completed",
            durationMs: duration))]);

        var latency = (await Figures.ReadAsync(Epoch, Epoch.AddMinutes(10), Cancel)).Total.Latency;

        Array.Sort(durations);
        Assert.NotNull(latency);
        Assert.InRange(latency.P50Ms, durations[1_499] * (255 / 256.0), durations[1_499] * (257 / 256.0));
        Assert.InRange(latency.P99Ms, durations[2_969] * (255 / 256.0), durations[2_969] * (257 / 256.0));
        Assert.Equal((long)Math.Round(durations.Average(), MidpointRounding.AwayFromZero), latency.AverageMs);
    }

    [Fact]
    public async Task A_window_begins_with_its_whole_first_minute_and_ends_before_the_minute_that_begins_with_its_end()
    {
        var minute = new DateTimeOffset(2026, 1, 31, 9, 16, 0, TimeSpan.Zero);
        await ApplyAsync(
        [
            StepHistories.Step(StepHistories.Id(1, 1), 1, "Initial", "Pending", minute.AddMicroseconds(-1)),
            StepHistories.Step(StepHistories.Id(1, 2), 1, "Initial", "Pending", minute),
            StepHistories.Step(StepHistories.Id(1, 3), 1, "Initial", "Pending", minute.AddSeconds(119)),
            StepHistories.Step(StepHistories.Id(1, 4), 1, "Initial", "Pending", minute.AddSeconds(120)),
        ]);

        var figures = await Figures.ReadAsync(minute.AddSeconds(30), minute.AddSeconds(120), Cancel);

        Assert.Equal(2, figures.Total.Started);
        Assert.Equal([minute, minute.AddMinutes(1)], figures.Minutes.Select(point => point.Minute));
    }

    [Fact]
    public async Task A_state_that_all_have_left_is_not_told()
    {
        var id = StepHistories.Id(1, 1);
        await ApplyAsync([StepHistories.Step(id, 2, "Pending", "Working", Epoch), StepHistories.Step(id, 1, "Initial", "Pending", Epoch)]);

        var order = (await Figures.ReadAsync(Epoch.AddDays(1), Epoch.AddDays(2), Cancel)).ByType["order"];

        Assert.Equal([KeyValuePair.Create("Working", 1L)], order.Instances);
        Assert.Equal(StepFigures.None, order.Figures);
    }

    [Fact]
    public async Task A_step_counts_once_however_often_it_is_told()
    {
        var steps = StepHistories.Of(seed: 7, instances: 40);
        var random = new Random(7);

        await Ledger.AppendAsync([.. steps.Take(30), .. steps.Take(30)], StepSource.Message, Cancel);
        foreach (var _ in Enumerable.Range(0, 5))
        {
            var told = steps.ToArray();
            random.Shuffle(told);
            await Ledger.AppendAsync(told, StepSource.Message, Cancel);
        }

        await AssertRecountAsync(steps);
    }

    [Fact]
    public async Task Figures_that_are_computed_anew_are_those_that_were_kept()
    {
        var steps = await CommitAsync(StepHistories.Of(seed: 8, instances: 150));
        await Ledger.AppendAsync(steps, StepSource.Message, Cancel);
        await ExecuteAsync("UPDATE minute_figure SET steps = steps + 7, durations = NULL");
        await ExecuteAsync("UPDATE transition_figure SET failed = failed + 7, stays = NULL");
        await ExecuteAsync("DELETE FROM state_count");

        var told = new List<RebuildProgress>();
        var result = await Rebuild().RunAsync(new Told(told.Add), Cancel);

        Assert.Equal(new RebuildResult(steps.Count, 0, Exchanged: true), result);
        await AssertRecountAsync(steps);
        Assert.Equal(Enumerable.Range(1, steps.Count / 100).Select(page => page * 100L), told.Select(progress => progress.Counted));
        Assert.Equal(0, await ExecuteAsync("DELETE FROM minute_figure WHERE generation < (SELECT generation FROM projection)"));
    }

    [Fact]
    public async Task The_journal_decides_what_counts_anew_and_where_it_has_nothing_what_was_witnessed()
    {
        var steps = await CommitAsync(StepHistories.Of(seed: 9, instances: 50));
        var vanished = StepHistories.Of(seed: 10, instances: 20);
        await Ledger.AppendAsync([.. steps.Select(step => step with { Outcome = null, Kinds = [] }), .. vanished], StepSource.Message, Cancel);

        var result = await Rebuild().RunAsync(null, Cancel);

        Assert.Equal(new RebuildResult(steps.Count + vanished.Count, vanished.Count, Exchanged: true), result);
        await AssertRecountAsync([.. steps, .. vanished]);
    }

    [Fact]
    public async Task Steps_that_are_witnessed_while_figures_are_computed_anew_count_once_and_nobody_sees_half()
    {
        var steps = await CommitAsync(StepHistories.Of(seed: 11, instances: 150));
        var half = steps.Count / 2;
        await Ledger.AppendAsync([.. steps.Take(half)], StepSource.Message, Cancel);
        var next = half;

        await Rebuild().RunAsync(
            new Told(_ =>
            {
                Ledger.AppendAsync([.. steps.Skip(next).Take(30)], StepSource.Message, Cancel).GetAwaiter().GetResult();
                next = Math.Min(next + 30, steps.Count);
                AssertRecountAsync([.. steps.Take(next)]).GetAwaiter().GetResult();
            }),
            Cancel);

        Assert.True(next > half + 60);
        await AssertRecountAsync([.. steps.Take(next)]);
        await Ledger.AppendAsync(steps, StepSource.Message, Cancel);
        await AssertRecountAsync(steps);
    }

    [Fact]
    public async Task Of_two_that_compute_at_once_the_later_one_holds()
    {
        var steps = await CommitAsync(StepHistories.Of(seed: 12, instances: 60));
        await Ledger.AppendAsync(steps, StepSource.Message, Cancel);
        RebuildResult? later = null;

        var earlier = await Rebuild().RunAsync(
            new Told(_ => later ??= Rebuild().RunAsync(null, Cancel).GetAwaiter().GetResult()), Cancel);

        Assert.Equal((false, true), (earlier.Exchanged, later?.Exchanged));
        await AssertRecountAsync(steps);
        Assert.Equal(0, await ExecuteAsync("DELETE FROM minute_figure WHERE generation <> (SELECT generation FROM projection)"));
    }

    [Fact]
    public async Task What_an_unfinished_computation_left_is_removed_by_the_next()
    {
        var steps = await CommitAsync(StepHistories.Of(seed: 13, instances: 60));
        await Ledger.AppendAsync(steps, StepSource.Message, Cancel);
        await Assert.ThrowsAsync<IOException>(() => Rebuild().RunAsync(new Told(_ => throw new IOException("killed")), Cancel));
        await AssertRecountAsync(steps);

        await Rebuild().RunAsync(null, Cancel);

        await AssertRecountAsync(steps);
        Assert.Equal(0, await ExecuteAsync("DELETE FROM state_count WHERE generation <> (SELECT generation FROM projection)"));
    }

    [Fact]
    public async Task Where_nothing_was_witnessed_there_is_nothing_to_tell()
    {
        var figures = await Figures.ReadAsync(Epoch, Epoch.AddHours(1), Cancel);

        Assert.Equal((StepFigures.None, null), (figures.Total, figures.WitnessedTo));
        Assert.Empty(figures.ByType);
        Assert.Empty(figures.Minutes);
    }

    ProjectionRebuild Rebuild() => new(Database, Of<JournalScan>()) { StepsAtOnce = 100 };

    private protected Task ApplyAsync(IReadOnlyList<CommittedStep> steps) => Database.WriteAsync(
        async (session, token) =>
        {
            await _projections.ApplyAsync(session, steps, token);
            return true;
        },
        Cancel);

    /// <summary>Begins a new generation of figures, in which nothing is counted yet.</summary>
    private protected Task ForgetAsync() => ExecuteAsync("UPDATE projection SET generation = generation + 1");

    async Task AssertRecountAsync(IReadOnlyList<CommittedStep> steps, DateTimeOffset from, DateTimeOffset to)
    {
        var figures = await Figures.ReadAsync(from, to, Cancel);

        var first = from.AddTicks(-(from.UtcTicks % TimeSpan.TicksPerMinute));
        var last = to.AddTicks(TimeSpan.TicksPerMinute - 1 - (to.UtcTicks - 1) % TimeSpan.TicksPerMinute);
        var counted = steps.Where(step => step.OccurredAt >= first && step.OccurredAt < last).ToArray();
        AssertEqual(counted, figures.Total);
        foreach (var type in steps.GroupBy(step => step.Type))
        {
            AssertEqual([.. counted.Where(step => step.Type == type.Key)], figures.ByType[type.Key].Figures);
            var states = type.GroupBy(step => step.WorkflowId).Select(instance => instance.MaxBy(step => step.Sequence)!.To).CountBy(state => state);
            Assert.Equal(states.OrderBy(state => state.Key), figures.ByType[type.Key].Instances
                .Select(state => KeyValuePair.Create(state.Key, (int)state.Value)).OrderBy(state => state.Key));
        }

        foreach (var type in steps.GroupBy(step => step.Type))
            await AssertWaysAsync([.. counted.Where(step => step.Type == type.Key)], type.Key, from, to);

        var minutes = counted.GroupBy(step => step.OccurredAt.AddTicks(-(step.OccurredAt.UtcTicks % TimeSpan.TicksPerMinute)))
            .OrderBy(minute => minute.Key).ToArray();
        Assert.Equal(minutes.Select(minute => minute.Key), figures.Minutes.Select(minute => minute.Minute));
        Assert.All(minutes.Zip(figures.Minutes), pair => AssertEqual([.. pair.First], pair.Second.Figures));
    }

    async Task AssertWaysAsync(IReadOnlyList<CommittedStep> steps, string type, DateTimeOffset from, DateTimeOffset to)
    {
        var figures = await Machines.ReadAsync(type, from, to, Cancel);

        var ways = steps.Where(step => step.From != step.To || step.Kinds.Contains("attemptFailed") || step.Kinds.Contains("stateChanged"))
            .GroupBy(step => (step.From, step.Event, step.To))
            .Select(way => new WayFigures(
                way.Key.From, way.Key.Event, way.Key.To, way.Count(), Kinds(way, "attemptFailed"), Kinds(way, "retryScheduled")));
        Assert.Equal(ways.OrderBy(way => (way.From, way.Event, way.To)), figures.Ways.OrderBy(way => (way.From, way.Event, way.To)));
        var stays = steps.Where(step => step.StayedMs is not null).GroupBy(step => step.From).ToDictionary(
            state => state.Key, state => state.Select(step => step.StayedMs!.Value).Order().ToArray());
        Assert.Equal(stays.Keys.Order(), figures.Stays.Keys.Order());
        foreach (var (state, known) in stays)
        {
            Assert.Equal((long)Math.Round(known.Average(), MidpointRounding.AwayFromZero), figures.Stays[state].AverageMs);
            var median = known[(known.Length * 50 + 99) / 100 - 1];
            Assert.InRange(Math.Abs(figures.Stays[state].P50Ms - median), 0, median / 256.0);
        }

        static int Kinds(IEnumerable<CommittedStep> steps, string kind) => steps.Sum(step => step.Kinds.Count(candidate => candidate == kind));
    }

    /// <summary>Tells at once, on the thread that reports.</summary>
    sealed class Told(Action<RebuildProgress> tell) : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value) => tell(value);
    }

    static void AssertEqual(IReadOnlyList<CommittedStep> steps, StepFigures figures)
    {
        int Kinds(string kind) => steps.Sum(step => step.Kinds.Count(candidate => candidate == kind));
        var durations = steps.Where(step => step.Outcome is not null).Select(step => step.DurationMs!.Value).Order().ToArray();
        Assert.Equal(
            new StepFigures
            {
                Steps = steps.Count,
                Started = steps.Count(step => step.From == "Initial"),
                Completed = steps.Count(step => step.Outcome == "completed"),
                Failed = steps.Count(step => step.Outcome == "failed"),
                Cancelled = steps.Count(step => step.Outcome == "cancelled"),
                Retries = Kinds("retryScheduled"),
                Compensations = Kinds("compensationStarted"),
                Incidents = Kinds("suspended"),
                Rejected = Kinds("eventRejected"),
            },
            figures with { Latency = null });
        Assert.Equal(durations.Length, figures.Processed);
        Assert.Equal(durations.Length == 0, figures.Latency is null);
        if (figures.Latency is not { } latency)
            return;

        Assert.Equal((long)Math.Round(durations.Average(), MidpointRounding.AwayFromZero), latency.AverageMs);
        Assert.InRange(Math.Abs(latency.P50Ms - Rank(50)), 0, Rank(50) / 256.0);
        Assert.InRange(Math.Abs(latency.P99Ms - Rank(99)), 0, Rank(99) / 256.0);

        long Rank(int percent) => durations[(durations.Length * percent + 99) / 100 - 1];
    }
}
