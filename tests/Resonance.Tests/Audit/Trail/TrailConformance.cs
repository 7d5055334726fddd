using Resonance.Audit.Ledger;
using Resonance.Audit.Trail;
using Resonance.Contracts.Audit;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage.Queries;
using Xunit;

namespace Resonance.Tests.Audit.Trail;

/// <summary>The trail shows what was witnessed, page by page: the same for every store; a class a store derives from it.</summary>
public abstract class TrailConformance : AuditSuite
{
    static readonly DateTimeOffset Epoch = StepHistories.Epoch;

    AuditTrailReader Reader => Of<AuditTrailReader>();

    [Fact]
    public async Task Steps_come_newest_first_with_the_lines_that_the_console_shows()
    {
        var steps = await WitnessAsync(seed: 1, instances: 20);

        var page = await Reader.ReadAsync(new TrailFilter(), 200, null, Cancel);

        Assert.Equal(Enumerable.Range(0, steps.Count).Select(index => (long)index).Reverse(), page.Steps.Select(step => step.Position));
        Assert.Null(page.Next);
        var journal = await JournalAsync(steps);
        foreach (var (told, step) in page.Steps.Reverse().Zip(steps))
        {
            Assert.Equal((step.WorkflowId, step.Type, step.Key, step.Sequence), (told.WorkflowId, told.Type, told.Key, told.Sequence));
            Assert.Equal((step.Event, step.From, step.To, step.Outcome), (told.Event, told.From, told.To, told.Outcome));
            Assert.Equal((step.OccurredAt, step.TraceId, step.Hash), (told.OccurredAt, told.TraceId, Convert.ToHexStringLower(told.Hash)));
            Assert.Equal(step.Kinds, told.Kinds);
            Assert.Equal((JournalAgreement.AsWitnessed, StepSource.Message), (told.Journal, told.Source));

            // A kind of another build has no words here.
            Assert.Equal(step.Kinds.Contains("kindOfAnotherBuild") ? [] : AuditTrail.Lines(step.Key, journal[(step.WorkflowId, step.Sequence)]), told.Lines);
        }

        Assert.Contains(page.Steps.SelectMany(step => step.Lines), line => line.EndsWith("Rules check: fraud_score < 0.3. Result: PASS.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_neither_skip_nor_repeat_a_step_whatever_is_witnessed_in_between()
    {
        var steps = StepHistories.Of(seed: 2, instances: 60);
        var first = steps.Count / 2;
        await Ledger.AppendAsync([.. steps.Take(first)], StepSource.Message, Cancel);
        var seen = new List<long>();
        var appended = first;

        long? before = null;
        do
        {
            var page = await Reader.ReadAsync(new TrailFilter(), 7, before, Cancel);
            seen.AddRange(page.Steps.Select(step => step.Position));
            before = page.Next;
            await Ledger.AppendAsync([.. steps.Skip(appended).Take(3)], StepSource.Journal, Cancel);
            appended += 3;
        }
        while (before is not null);

        Assert.Equal(Enumerable.Range(0, first).Select(index => (long)index).Reverse(), seen);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(10_000)]
    public async Task What_is_asked_for_is_what_comes(long stretch)
    {
        var steps = StepHistories.Of(seed: 3, instances: 60);
        await Ledger.AppendAsync(steps, StepSource.Message, Cancel);
        var reader = new AuditTrailReader(Database, Of<JournalScan>(), Clock) { FirstStretch = stretch };
        var one = steps[40];

        await Assert_(new TrailFilter { Type = "payment" }, step => step.Type == "payment");
        await Assert_(new TrailFilter { Kind = "suspended" }, step => step.Kinds.Contains("suspended"));
        await Assert_(new TrailFilter { Kind = "retryScheduled", Type = "order" }, step => step.Type == "order" && step.Kinds.Contains("retryScheduled"));
        await Assert_(new TrailFilter { Workflow = one.Key }, step => step.WorkflowId == one.WorkflowId);
        await Assert_(new TrailFilter { Workflow = one.WorkflowId.ToString("D") }, step => step.WorkflowId == one.WorkflowId);
        await Assert_(new TrailFilter { Workflow = one.Key, From = one.OccurredAt }, step => step.WorkflowId == one.WorkflowId && step.OccurredAt >= one.OccurredAt);
        await Assert_(
            new TrailFilter { From = Epoch.AddMinutes(30), To = one.OccurredAt },
            step => step.OccurredAt >= Epoch.AddMinutes(30) && step.OccurredAt < one.OccurredAt);
        Assert.Empty((await reader.ReadAsync(new TrailFilter { Workflow = "ORDER-404" }, 10, null, Cancel)).Steps);
        Assert.Empty((await reader.ReadAsync(new TrailFilter { Workflow = one.Key, Type = "refund" }, 10, null, Cancel)).Steps);

        async Task Assert_(TrailFilter filter, Func<CommittedStep, bool> wanted)
        {
            var expected = steps.Where(wanted).Select(step => step.Hash).Reverse().ToArray();
            Assert.NotEmpty(expected);
            var found = new List<string>();
            for (var page = await reader.ReadAsync(filter, 5, null, Cancel); ; page = await reader.ReadAsync(filter, 5, page.Next, Cancel))
            {
                Assert.InRange(page.Steps.Count, 0, 5);
                Assert.All(page.Steps, step => Assert.True(filter.Matches(step)));
                found.AddRange(page.Steps.Select(step => Convert.ToHexStringLower(step.Hash)));
                if (page.Next is null)
                    break;
            }

            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public async Task The_search_for_something_rare_is_handed_back_before_it_takes_long_and_goes_on_where_it_was()
    {
        var steps = Enumerable.Range(1, 100).Select(number => StepHistories.Step(
            StepHistories.Id(4, number), 1, "Initial", "Pending", Epoch, kinds: number == 1 ? ["suspended"] : [])).ToArray();
        await Ledger.AppendAsync(steps, StepSource.Message, Cancel);
        Clock.AutoAdvanceAmount = TimeSpan.FromSeconds(2);
        var reader = new AuditTrailReader(Database, Of<JournalScan>(), Clock) { FirstStretch = 10 };
        var filter = new TrailFilter { Kind = "suspended" };

        var page = await reader.ReadAsync(filter, 10, null, Cancel);

        Assert.Empty(page.Steps);
        Assert.Equal(90, page.Next);
        var pages = 1;
        while (page.Next is { } next)
        {
            page = await reader.ReadAsync(filter, 10, next, Cancel);
            pages++;
        }

        Assert.Equal((10, 0), (pages, Assert.Single(page.Steps).Position));
    }

    [Fact]
    public async Task The_search_ends_where_steps_were_witnessed_long_before_they_are_wanted_to_have_been_taken()
    {
        await Ledger.AppendAsync(StepHistories.Of(seed: 5, instances: 30), StepSource.Message, Cancel);
        Clock.Advance(TimeSpan.FromDays(1));
        var late = StepHistories.Step(StepHistories.Id(6, 1), 1, "Initial", "Pending", Clock.GetUtcNow());
        await Ledger.AppendAsync([late], StepSource.Message, Cancel);
        Clock.AutoAdvanceAmount = TimeSpan.FromSeconds(2);
        var reader = new AuditTrailReader(Database, Of<JournalScan>(), Clock) { FirstStretch = 2 };

        var page = await reader.ReadAsync(new TrailFilter { From = late.OccurredAt }, 10, null, Cancel);

        Assert.Equal((late.Key, null), (Assert.Single(page.Steps).Key, page.Next));
    }

    [Fact]
    public async Task A_step_that_the_journal_no_longer_has_as_it_was_witnessed_says_so()
    {
        var steps = await WitnessAsync(seed: 7, instances: 3);
        var other = StepHistories.Step(StepHistories.Id(8, 1), 1, "Initial", "Pending", Epoch);
        await Ledger.AppendAsync([other, (await CommitAsync([StepHistories.Step(StepHistories.Id(8, 2), 1, "Initial", "Pending", Epoch)]))[0] with { Hash = new string('7', 64) }], StepSource.Message, Cancel);

        var page = await Reader.ReadAsync(new TrailFilter(), 2, null, Cancel);

        Assert.Equal([JournalAgreement.Changed, JournalAgreement.Missing], page.Steps.Select(step => step.Journal));
        Assert.NotEmpty(page.Steps[0].Lines);
        Assert.Empty(page.Steps[1].Lines);
        Assert.Equal(steps.Count, page.Next);
    }

    [Fact]
    public async Task A_step_that_was_moved_to_an_archive_says_so()
    {
        var id = StepHistories.Id(9, 1);
        await Ledger.AppendAsync(
            [.. Enumerable.Range(1, 3).Select(sequence => StepHistories.Step(id, sequence, "Pending", "Pending", Epoch))], StepSource.Message, Cancel);
        await Database.WriteAsync(
            (session, token) => session.ExecuteAsync(
                new StoreText(
                    """
                    INSERT INTO archived (workflow_id, through_sequence, head_hash, file, archived_at)
                    VALUES (@id, 1, @hash, 'a', 0), (@id, 2, @hash, 'b', 0)
                    """),
                token, ("@id", id), ("@hash", new byte[32])),
            Cancel);

        var page = await Reader.ReadAsync(new TrailFilter(), 10, null, Cancel);

        Assert.Equal([JournalAgreement.Missing, JournalAgreement.Archived, JournalAgreement.Archived], page.Steps.Select(step => step.Journal));
    }

    [Fact]
    public async Task An_empty_ledger_has_an_empty_trail()
    {
        var page = await Reader.ReadAsync(new TrailFilter { Type = "order" }, 10, null, Cancel);

        Assert.Empty(page.Steps);
        Assert.Null(page.Next);
    }

    async Task<IReadOnlyList<CommittedStep>> WitnessAsync(int seed, int instances)
    {
        var steps = await CommitAsync(StepHistories.Of(seed, instances));
        await Ledger.AppendAsync(steps, StepSource.Message, Cancel);
        return steps;
    }

    async Task<Dictionary<(Guid, long), JournalRow>> JournalAsync(IReadOnlyList<CommittedStep> steps)
    {
        var rows = new Dictionary<(Guid, long), JournalRow>();
        await foreach (var found in Of<JournalScan>().ReadAsync([.. steps.Select(step => (step.WorkflowId, step.Sequence))], Cancel))
            rows[(found.Row.WorkflowId, found.Row.Sequence)] = found.Row;
        return rows;
    }
}
