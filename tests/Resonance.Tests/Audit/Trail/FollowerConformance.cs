using Resonance.Audit.Ledger;
using Resonance.Audit.Projections;
using Resonance.Audit.Trail;
using Xunit;

namespace Resonance.Tests.Audit.Trail;

/// <summary>Listeners are told of every step once: the same for every store; a class a store derives from it.</summary>
public abstract class FollowerConformance : AuditSuite
{
    static readonly TimeSpan Long = TimeSpan.FromDays(1);

    private protected LedgerFollower Follower => Of<LedgerFollower>();

    [Fact]
    public async Task A_listener_is_told_at_once_of_what_this_process_appends_and_of_nothing_before()
    {
        var steps = StepHistories.Of(seed: 1, instances: 30);
        await Ledger.AppendAsync([.. steps.Take(10)], StepSource.Message, Cancel);
        await using var listener = await Follower.ListenAsync(new TrailFilter(), null, Cancel);
        Assert.Equal(9, listener.Position);

        // The clock stands still: nobody looks by himself.
        var next = 10L;
        foreach (var chunk in steps.Skip(10).Chunk(7))
        {
            await Ledger.AppendAsync(chunk, StepSource.Message, Cancel);
            Assert.Equal(Enumerable.Range(0, chunk.Length).Select(index => next + index), await PositionsAsync(listener, chunk.Length));
            next += chunk.Length;
        }
    }

    [Fact]
    public async Task What_another_process_appends_is_told_within_a_quarter_of_a_second()
    {
        var elsewhere = new LedgerStore(Database, new StepProjections(), Of<FindingStore>(), Clock);
        await using var listener = await Follower.ListenAsync(new TrailFilter(), null, Cancel);
        await elsewhere.AppendAsync(StepHistories.Of(seed: 2, instances: 1), StepSource.Message, Cancel);

        var next = listener.NextAsync(Long, Cancel);
        while (!next.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        Assert.Equal(0, (await next)[0].Position);
    }

    [Fact]
    public async Task Who_comes_back_goes_on_where_it_was_without_a_gap_and_without_a_repetition()
    {
        var steps = StepHistories.Of(seed: 3, instances: 200);
        var filter = new TrailFilter { Type = "payment" };
        var seen = new List<string>();
        long? position = -1;
        foreach (var chunk in steps.Chunk(90))
        {
            await Ledger.AppendAsync(chunk, StepSource.Message, Cancel);
            await using var listener = await Follower.ListenAsync(filter, position, Cancel);

            // It goes after one answer, whatever there still would be.
            seen.AddRange((await listener.NextAsync(Long, Cancel)).Select(step => Convert.ToHexStringLower(step.Hash)));
            position = listener.Position;
        }

        Assert.Equal(steps.Where(step => step.Type == "payment").Select(step => step.Hash), seen);
    }

    [Fact]
    public async Task Who_is_slow_reads_from_the_ledger_what_is_no_longer_kept()
    {
        var steps = Enumerable.Range(1, 9_000).Select(number => StepHistories.Step(
            StepHistories.Id(4, number), 1, "Initial", "Pending", StepHistories.Epoch, number % 3 == 0 ? "order" : "payment")).ToArray();
        await using var slow = await Follower.ListenAsync(new TrailFilter { Type = "order" }, null, Cancel);
        await using var quick = await Follower.ListenAsync(new TrailFilter(), null, Cancel);
        var quickly = new List<long>();
        foreach (var chunk in steps.Chunk(1_000))
        {
            await Ledger.AppendAsync(chunk, StepSource.Message, Cancel);
            quickly.AddRange(await PositionsAsync(quick, chunk.Length));
        }

        var slowly = await PositionsAsync(slow, 3_000);

        Assert.Equal(Enumerable.Range(0, 9_000).Select(position => (long)position), quickly);
        Assert.Equal(Enumerable.Range(0, 3_000).Select(number => 3L * number + 2), slowly);
    }

    [Fact]
    public async Task Where_nothing_comes_the_wait_ends_and_the_position_has_moved_past_what_was_not_asked_for()
    {
        await using var listener = await Follower.ListenAsync(new TrailFilter { Workflow = "ORDER-12401" }, null, Cancel);
        var next = listener.NextAsync(TimeSpan.FromSeconds(15), Cancel);
        await Ledger.AppendAsync(StepHistories.Of(seed: 5, instances: 1), StepSource.Message, Cancel);
        var last = (await Of<AuditTrailReader>().LastAsync(Cancel));
        while (listener.Position < last)
            await Task.Yield();
        Assert.False(next.IsCompleted);

        Clock.Advance(TimeSpan.FromSeconds(15));

        Assert.Empty(await next);
        Assert.Equal(last, listener.Position);
    }

    [Fact]
    public async Task An_instance_that_does_not_exist_yet_can_be_listened_for_by_its_key()
    {
        var step = StepHistories.Step(StepHistories.Id(60, 1), 1, "Initial", "Pending", StepHistories.Epoch);
        await using var listener = await Follower.ListenAsync(new TrailFilter { Workflow = step.Key }, null, Cancel);
        await Ledger.AppendAsync([.. StepHistories.Of(seed: 6, instances: 5), step], StepSource.Message, Cancel);

        Assert.Equal(step.Key, Assert.Single(await listener.NextAsync(Long, Cancel)).Key);
    }

    [Fact]
    public async Task A_position_that_the_ledger_does_not_have_is_taken_for_its_end()
    {
        await Ledger.AppendAsync([.. StepHistories.Of(seed: 7, instances: 5)], StepSource.Message, Cancel);
        await using var listener = await Follower.ListenAsync(new TrailFilter(), 1_000_000, Cancel);

        await Ledger.AppendAsync([StepHistories.Step(StepHistories.Id(8, 1), 1, "Initial", "Pending", StepHistories.Epoch)], StepSource.Message, Cancel);

        Assert.Equal(StepHistories.Id(8, 1), Assert.Single(await listener.NextAsync(Long, Cancel)).WorkflowId);
    }

    [Fact]
    public async Task When_the_last_listener_has_gone_nobody_looks_and_the_next_one_begins_anew()
    {
        await using (await Follower.ListenAsync(new TrailFilter(), null, Cancel))
        {
        }

        await Ledger.AppendAsync([.. StepHistories.Of(seed: 9, instances: 5)], StepSource.Message, Cancel);
        Assert.Equal(([], -1), (Follower.After(-1).Steps, Follower.After(-1).Position));

        await using var listener = await Follower.ListenAsync(new TrailFilter(), null, Cancel);
        Assert.Equal(await Of<AuditTrailReader>().LastAsync(Cancel), listener.Position);
    }

    static async Task<IReadOnlyList<long>> PositionsAsync(LedgerListener listener, int count)
    {
        var positions = new List<long>();
        while (positions.Count < count)
            positions.AddRange((await listener.NextAsync(Long, Cancel)).Select(step => step.Position));
        return positions;
    }
}
