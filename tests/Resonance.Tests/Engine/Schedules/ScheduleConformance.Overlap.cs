using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Definitions;
using Resonance.Engine.Schedules;
using Xunit;

namespace Resonance.Tests.Engine.Schedules;

// The instance before still runs, a person holds the schedule, a person wants it to fire.
public abstract partial class ScheduleConformance
{
    [Fact]
    public async Task Skip_starts_nothing_while_the_instance_before_runs()
    {
        await PutAsync(Each("*/5 * * * *", OverlapPolicy.Skip));

        await RunAtAsync("09:20:00");
        await RunAtAsync("09:25:00");
        await MoveAsync(WorkflowStatus.Suspended);
        await RunAtAsync("09:30:00");
        await MoveAsync(WorkflowStatus.Failed);
        await RunAtAsync("09:35:00");

        Assert.Equal(["09:20:00 started", "09:25:00 skipped", "09:30:00 skipped", "09:35:00 started"], await FiringsAsync());
        Assert.Equal("the instance before still runs", (await Book.FiringsAsync("nightly", Cancel))[1].Reason);
    }

    [Fact]
    public async Task Allow_starts_one_beside_the_other()
    {
        await PutAsync(Each("*/5 * * * *"));

        await RunAtAsync("09:20:00");
        await RunAtAsync("09:25:00");

        Assert.Equal(["09:20:00 started", "09:25:00 started"], await FiringsAsync());
    }

    [Fact]
    public async Task Queue_one_has_one_wait_for_the_end_and_skips_the_others()
    {
        await PutAsync(Each("*/5 * * * *", OverlapPolicy.QueueOne));
        await RunAtAsync("09:20:00");

        Assert.Equal(At("09:25:01"), await RunAtAsync("09:25:00"));
        await RunAtAsync("09:30:00");
        Assert.Equal(["09:20:00 started", "09:25:00 queued", "09:30:00 skipped"], await FiringsAsync());
        Assert.Equal(At("09:25:00"), (await Book.FindAsync("nightly", Cancel))!.QueuedDueAt);

        await MoveAsync();
        Assert.Equal(At("09:35:00"), await RunAtAsync("09:31:00"));

        Assert.Equal(["09:20:00 started", "09:25:00 started", "09:30:00 skipped"], await FiringsAsync());
        Assert.Equal("2026-03-04T09:20:00Z to 2026-03-04T09:25:00Z", _started[1]);
        var schedule = (await Book.FindAsync("nightly", Cancel))!;
        Assert.Equal((null, At("09:25:00")), (schedule.QueuedDueAt, schedule.LastDueAt!.Value));
        await RunAtAsync("09:35:00");
        Assert.Equal("09:35:00 queued", (await FiringsAsync())[^1]);
    }

    [Fact]
    public async Task Many_engines_at_once_start_what_waited_once()
    {
        ServiceProvider[] engines = [_engines[0], await OpenEngineAsync(Payment), await OpenEngineAsync(Payment)];
        await PutAsync(Each("*/5 * * * *", OverlapPolicy.QueueOne));
        await RunAtAsync("09:20:00");
        await RunAtAsync("09:25:00");
        await MoveAsync();

        _clock.SetUtcNow(At("09:26:00"));
        await Task.WhenAll(engines.Select(engine => Task.Run(() => RunAsync(engine), Cancel)));

        Assert.Equal(2, _started.Count);
        Assert.Equal(["09:20:00 started", "09:25:00 started"], await FiringsAsync());
    }

    [Fact]
    public async Task While_one_engine_is_held_up_before_its_start_another_starts_nothing_beside_it()
    {
        var other = await OpenEngineAsync(Payment);
        await PutAsync(Each("*/5 * * * *", OverlapPolicy.QueueOne));
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _beforeAccept = () => reached.TrySetResult() ? goOn.Task : Task.CompletedTask;
        _clock.SetUtcNow(At("09:20:00"));

        var held = Task.Run(() => RunAsync(), Cancel);
        await reached.Task.WaitAsync(Cancel);
        await other.GetRequiredService<ScheduleBook>().TriggerAsync("nightly", Ann, Cancel);
        await RunAsync(other);
        goOn.SetResult();
        await held;

        Assert.Single(_started);
        Assert.Equal("09:20:00 started", (await FiringsAsync())[0]);
    }

    [Fact]
    public async Task Nothing_runs_twice_at_once_however_many_engines_and_triggers()
    {
        ServiceProvider[] engines = [_engines[0], await OpenEngineAsync(Payment), await OpenEngineAsync(Payment)];
        await PutAsync(Each("* * * * * *", OverlapPolicy.QueueOne));
        var most = 0;
        _beforeAnswer = _ =>
        {
            lock (_started)
                most = Math.Max(most, _instances.Values.Count(instance => !WorkflowStatus.IsEnd(instance.Row.Status)));
            return Task.FromResult<Resonance.Engine.Delivery.StartResult?>(null);
        };

        for (var second = 0; second < 10; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAll([
                .. engines.Select(engine => Task.Run(() => RunWhileDueAsync(engine.GetRequiredService<ScheduleRunner>()), Cancel)),
                Task.Run(() => engines[1].GetRequiredService<ScheduleBook>().TriggerAsync("nightly", Ann, Cancel), Cancel)]);
            if (second % 2 == 1)
                await MoveAsync();
        }

        Assert.Equal(1, most);
        Assert.InRange(_started.Count, 5, 6);
        Assert.Equal(_started.Count, (await FiringsAsync()).Count(firing => firing.EndsWith("started", StringComparison.Ordinal)));
    }

    /// <summary>As the engine does: what was fired may leave something to start.</summary>
    async Task RunWhileDueAsync(ScheduleRunner runner)
    {
        while (await runner.RunAsync(Cancel) <= _clock.GetUtcNow())
        {
        }
    }

    [Fact]
    public async Task A_paused_schedule_starts_nothing_and_goes_on_with_the_next_due_time()
    {
        await PutAsync(Each("*/5 * * * *"));
        var paused = (await Book.PauseAsync("nightly", new("bob", "too much"), Cancel))!;
        Assert.Equal(new SchedulePause("bob", "too much", At("09:15:43")), paused.Paused);
        Assert.Equal((At("09:20:00"), null), (Book.NextTimes(paused, 1)[0], Book.NextStart(paused)));

        Assert.Null(await RunAtAsync("09:31:00"));
        var resumed = (await Book.ResumeAsync("nightly", Ann, Cancel))!;
        await RunAsync();
        Assert.Equal((null, At("09:35:00")), (resumed.Paused, resumed.NextDueAt!.Value));
        Assert.Empty(_started);

        await RunAtAsync("09:35:00");
        Assert.Equal(["09:35:00 started"], await FiringsAsync());
        Assert.Null(await Book.PauseAsync("daily", Ann, Cancel));
        Assert.Null(await Book.ResumeAsync("daily", Ann, Cancel));
    }

    [Theory]
    [InlineData(true, "the schedule was paused while this waited")]
    [InlineData(false, "the schedule was deleted while this waited")]
    public async Task What_waits_is_given_up_when_the_schedule_is_held_or_removed(bool pause, string reason)
    {
        await PutAsync(Each("*/5 * * * *", OverlapPolicy.QueueOne));
        await RunAtAsync("09:20:00");
        await RunAtAsync("09:25:00");
        var first = _instances.Keys.Single();

        if (pause)
            await Book.PauseAsync("nightly", Ann, Cancel);
        else
            await Book.DeleteAsync("nightly", Ann, Cancel);
        await MoveAsync(id: first);
        await RunAtAsync("09:40:00");

        Assert.Single(_started);
        var firing = (await Book.FiringsAsync("nightly", Cancel))[0];
        Assert.Equal((At("09:25:00"), FiringOutcome.Skipped, reason), (firing.DueAt, firing.Outcome, firing.Reason));
    }

    [Theory]
    [InlineData(OverlapPolicy.Skip)]
    [InlineData(OverlapPolicy.QueueOne)]
    [InlineData(OverlapPolicy.Allow)]
    public async Task A_trigger_fires_at_once_also_when_the_schedule_is_paused(string overlap)
    {
        await PutAsync(Each("*/5 * * * *", overlap));
        await Book.PauseAsync("nightly", Ann, Cancel);

        var firing = (await Book.TriggerAsync("nightly", new("cid", "a test"), Cancel))!;

        Assert.Equal((FiringOutcome.Started, "triggered by cid: a test"), (firing.Outcome, firing.Reason));
        Assert.Equal(["2026-03-04T09:15:00Z to 2026-03-04T09:15:43.000001Z"], _started);
        var schedule = (await Book.FindAsync("nightly", Cancel))!;
        Assert.Equal(firing.WorkflowId, schedule.LastWorkflowId);
        Assert.Null(schedule.QueuedDueAt);
        Assert.Null(await Book.TriggerAsync("daily", Ann, Cancel));
    }

    [Theory]
    [InlineData(OverlapPolicy.Skip, FiringOutcome.Skipped, 1)]
    [InlineData(OverlapPolicy.QueueOne, FiringOutcome.Queued, 1)]
    [InlineData(OverlapPolicy.Allow, FiringOutcome.Started, 2)]
    public async Task A_trigger_keeps_to_the_policy_for_overlaps(string overlap, string outcome, int started)
    {
        await PutAsync(Each("*/5 * * * *", overlap));
        await RunAtAsync("09:20:00");
        _clock.SetUtcNow(At("09:21:00.5"));

        var firing = (await Book.TriggerAsync("nightly", Ann, Cancel))!;

        Assert.Equal((outcome, started), (firing.Outcome, _started.Count));
        Assert.Equal(At("09:21:00.5"), firing.DueAt);
    }

    [Fact]
    public async Task A_triggered_instance_is_one_that_the_calendar_waits_for()
    {
        await PutAsync(Each("*/5 * * * *", OverlapPolicy.Skip));
        await Book.TriggerAsync("nightly", Ann, Cancel);

        await RunAtAsync("09:20:00");
        await MoveAsync();
        await RunAtAsync("09:25:00");

        Assert.Equal(["09:15:43 started", "09:20:00 skipped", "09:25:00 started"], await FiringsAsync());
    }
}
