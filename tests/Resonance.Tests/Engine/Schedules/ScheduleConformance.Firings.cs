using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Schedules;
using Xunit;

namespace Resonance.Tests.Engine.Schedules;

// What comes due: once, whoever looks, and whatever happened in between.
public abstract partial class ScheduleConformance
{
    [Fact]
    public async Task A_due_time_starts_one_instance_with_its_own_id_and_period()
    {
        await PutAsync(Each("*/5 * * * *"));

        Assert.Equal(At("09:20:00"), await RunAtAsync("09:19:59"));
        Assert.Empty(_started);
        Assert.Equal(At("09:25:00"), await RunAtAsync("09:20:00"));

        Assert.Equal(["2026-03-04T09:15:00Z to 2026-03-04T09:20:00Z"], _started);
        var schedule = (await Book.FindAsync("nightly", Cancel))!;
        var id = NameBasedId.For("schedule/nightly/2026-03-04T09:20:00Z");
        Assert.Equal((id, At("09:20:00"), At("09:25:00")), (schedule.LastWorkflowId!.Value, schedule.LastDueAt!.Value, schedule.NextDueAt!.Value));
        Assert.Equal(
            new ScheduleFiring(At("09:20:00"), FiringOutcome.Started, id, null, At("09:20:00")),
            Assert.Single(await Book.FiringsAsync("nightly", Cancel)));
    }

    [Fact]
    public async Task Many_engines_at_once_start_each_due_time_once()
    {
        ServiceProvider[] engines =
            [_engines[0], await OpenEngineAsync(Payment), await OpenEngineAsync(Payment), await OpenEngineAsync(Payment)];
        await PutAsync(Each("* * * * * *"));

        _clock.SetUtcNow(At("09:16:03"));
        await Task.WhenAll(engines.Select(engine => Task.Run(() => RunAsync(engine), Cancel)));

        Assert.Equal(20, _started.Count);
        Assert.Equal(20, _started.Distinct().Count());
        Assert.Equal(
            Enumerable.Range(44, 20).Select(second => $"{At("09:15:00").AddSeconds(second):HH:mm:ss} started"), await FiringsAsync());
        Assert.Equal(At("09:16:04"), (await Book.FindAsync("nightly", Cancel))!.NextDueAt);
    }

    [Fact]
    public async Task A_process_that_dies_after_the_start_leaves_a_firing_that_the_next_one_records()
    {
        await PutAsync(Each("*/5 * * * *", OverlapPolicy.Skip));
        _beforeAnswer = _ => throw new InvalidOperationException("The process is killed here.");
        Assert.Equal(At("09:20:05"), await RunAtAsync("09:20:00"));
        Assert.Equal(["09:20:00 queued"], await FiringsAsync());

        _beforeAnswer = _ => Task.FromResult<StartResult?>(null);
        await RunAsync(await OpenEngineAsync(Payment));

        Assert.Single(_started);
        Assert.Equal(["09:20:00 started"], await FiringsAsync());
    }

    [Fact]
    public async Task What_was_started_counts_also_when_the_instance_before_begins_to_run_again()
    {
        await PutAsync(Each("*/5 * * * *", OverlapPolicy.Skip));
        await RunAtAsync("09:20:00");
        await MoveAsync();
        _beforeAnswer = _ => throw new InvalidOperationException("The process is killed here.");
        await RunAtAsync("09:25:00");
        await MoveAsync(WorkflowStatus.Compensating);

        _beforeAnswer = _ => Task.FromResult<StartResult?>(null);
        await RunAsync();

        Assert.Equal(["09:20:00 started", "09:25:00 started"], await FiringsAsync());
        Assert.Equal(2, _started.Count);
    }

    [Fact]
    public async Task What_one_engine_starts_another_one_cannot_skip()
    {
        await PutAsync(Each("*/5 * * * *", OverlapPolicy.Skip));
        await RunAtAsync("09:20:00");
        var other = await OpenEngineAsync(Payment);

        // The other one looks while the instance still runs; it has ended when this one looks, and this one is faster.
        _clock.SetUtcNow(At("09:25:00"));
        var seen = (await Book.FindAsync("nightly", Cancel))!;
        var skippedThere = true;
        await MoveAsync();
        _beforeAnswer = async payment =>
        {
            _beforeAnswer = _ => Task.FromResult<StartResult?>(null);
            var skipped = new Firing(At("09:25:00"), FiringOutcome.Skipped, null, "the instance before still runs");
            skippedThere = await other.GetRequiredService<ScheduleStore>().MoveOnAsync(seen, skipped, At("09:30:00"), Cancel);
            return null;
        };
        await RunAsync();

        Assert.False(skippedThere);
        Assert.Equal(["09:20:00 started", "09:25:00 started"], await FiringsAsync());
        Assert.Equal(At("09:25:00"), (await Book.FindAsync("nightly", Cancel))!.LastDueAt);
    }

    [Fact]
    public async Task After_downtime_what_is_not_too_late_is_made_up_for_in_order_and_the_rest_is_recorded_as_missed()
    {
        await PutAsync(Each("*/10 * * * *") with { CatchUp = TimeSpan.FromMinutes(30) });

        await RunAtAsync("12:05:00");

        Assert.Equal(
            ["09:20:00 missed", "11:40:00 started", "11:50:00 started", "12:00:00 started"], await FiringsAsync());
        Assert.Equal("2026-03-04T11:30:00Z to 2026-03-04T11:40:00Z", _started[0]);
        var missed = (await Schedules.FiringsAsync("nightly", 10, Cancel))[^1];
        Assert.Equal(
            "no engine ran: 14 firings from 2026-03-04T09:20:00Z on came due more than 00:30:00 ago, which is the catch-up window", missed.Reason);
        Assert.Equal(At("12:10:00"), (await Book.FindAsync("nightly", Cancel))!.NextDueAt);
    }

    /// <summary>The clocks of Berlin were put forward on 29 March at 01:00 UTC, so that 02:30 did not exist, and back on 25 October.</summary>
    [Theory]
    [InlineData("2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z", "28 01:30", "29 01:00", "30 00:30")]
    [InlineData("2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z", "24 00:30", "25 00:30", "26 01:30")]
    public async Task After_downtime_across_a_change_of_clocks_engines_make_up_for_each_night_once(string put, string up, params string[] nights)
    {
        ServiceProvider[] engines = [_engines[0], await OpenEngineAsync(Payment)];
        _clock.SetUtcNow(At(put));
        await PutAsync(Each("30 2 * * *") with { TimeZone = "Europe/Berlin", CatchUp = TimeSpan.FromDays(7) });

        _clock.SetUtcNow(At(up));
        await Task.WhenAll(engines.Select(engine => Task.Run(() => RunAsync(engine), Cancel)));

        Assert.Equal(
            nights, (await Schedules.FiringsAsync("nightly", 10, Cancel)).Reverse().Select(firing => $"{firing.DueAt:dd HH:mm}"));
        Assert.Equal(3, _started.Distinct().Count());
        Assert.Equal(3, _started.Count);
    }

    [Theory]
    [InlineData("09:20:10", "09:20:00 started")]
    [InlineData("09:20:11", "09:20:00 missed")]
    public async Task Without_a_catch_up_window_a_few_seconds_are_still_on_time(string time, string firing)
    {
        await PutAsync(Each("*/5 * * * *") with { CatchUp = TimeSpan.Zero });

        await RunAtAsync(time);

        Assert.Equal([firing], await FiringsAsync());
    }

    [Fact]
    public async Task A_downtime_of_years_is_recorded_in_one_row()
    {
        await PutAsync(Each("* * * * * *") with { CatchUp = TimeSpan.Zero });

        Assert.NotNull(await RunAtAsync("2029-03-04T00:00:00Z"));

        var missed = (await Schedules.FiringsAsync("nightly", 100, Cancel))[^1];
        Assert.Contains("more than 10,000 firings", missed.Reason, StringComparison.Ordinal);
        Assert.Equal(11, _started.Count);
    }

    [Fact]
    public async Task Jitter_puts_the_start_off_and_leaves_the_due_time_as_it_is()
    {
        var schedule = (await PutAsync(Each("*/5 * * * *") with { Jitter = TimeSpan.FromMinutes(4), CatchUp = TimeSpan.Zero }))!;
        var start = Book.NextStart(schedule)!.Value;
        Assert.InRange(start, At("09:20:00.001"), At("09:24:00"));

        _clock.SetUtcNow(start.AddMilliseconds(-1));
        Assert.Equal(start, await RunAsync());
        Assert.Empty(_started);
        _clock.SetUtcNow(start);
        await RunAsync();

        Assert.Equal(["2026-03-04T09:15:00Z to 2026-03-04T09:20:00Z"], _started);
        Assert.Equal(["09:20:00 started"], await FiringsAsync());
    }

    [Fact]
    public async Task Another_release_s_schedule_is_left_to_it_and_holds_up_no_other()
    {
        await PutAsync(Each("*/5 * * * *"));
        var older = await OpenEngineAsync();
        _clock.SetUtcNow(At("09:20:00"));

        Assert.Null(await RunAsync(older));
        Assert.Empty(await FiringsAsync());
        await RunAsync();

        Assert.Equal(["09:20:00 started"], await FiringsAsync());
    }

    [Fact]
    public async Task A_start_message_that_does_not_fit_the_contract_any_more_is_refused_with_the_reason()
    {
        await PutAsync(Each("*/5 * * * *"));
        _clock.SetUtcNow(At("09:20:00"));

        await RunAsync(await OpenEngineAsync(PaymentOfAnotherRelease));

        var firing = Assert.Single(await Book.FiringsAsync("nightly", Cancel));
        Assert.Equal((FiringOutcome.Refused, (Guid?)null), (firing.Outcome, firing.WorkflowId));
        Assert.StartsWith("the start message does not fit the contract any more: ", firing.Reason, StringComparison.Ordinal);
        Assert.Contains("orderId", firing.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StartOutcome.KeyTaken, "another instance has the key 'P-1'")]
    [InlineData(StartOutcome.IdTaken, "P-1, an instance of another workflow, has the id 00000000-0000-0000-0000-000000000000")]
    public async Task A_start_that_is_refused_is_recorded_with_the_reason(StartOutcome outcome, string reason)
    {
        await PutAsync(Each("*/5 * * * *"));
        _beforeAnswer = _ => Task.FromResult<StartResult?>(new StartResult(outcome, Guid.Empty, "P-1"));

        await RunAtAsync("09:20:00");

        var firing = Assert.Single(await Book.FiringsAsync("nightly", Cancel));
        Assert.Equal((FiringOutcome.Refused, reason), (firing.Outcome, firing.Reason));
        Assert.Null((await Book.FindAsync("nightly", Cancel))!.LastWorkflowId);
    }

    [Fact]
    public async Task A_schedule_that_fails_is_tried_again_and_holds_up_no_other()
    {
        await PutAsync(Each("*/5 * * * *", name: "a-first") with { Start = Template.Replace("tok_visa", "tok_broken", StringComparison.Ordinal) });
        await PutAsync(Each("*/5 * * * *"));
        _beforeAnswer = payment => payment.CardToken == "tok_broken"
            ? throw new InvalidOperationException("The store is away.")
            : Task.FromResult<StartResult?>(null);

        Assert.Equal(At("09:20:05"), await RunAtAsync("09:20:00"));
        Assert.Equal(["09:20:00 started"], await FiringsAsync());

        _beforeAnswer = _ => Task.FromResult<StartResult?>(null);
        await RunAtAsync("09:20:05");
        Assert.Equal(FiringOutcome.Started, Assert.Single(await Book.FiringsAsync("a-first", Cancel)).Outcome);
    }

    [Fact]
    public async Task Firings_are_kept_for_90_days()
    {
        await PutAsync(Each("0 0 * * *") with { CatchUp = TimeSpan.FromDays(30) });

        for (var day = 0; day <= 4; day++)
            await RunAtAsync($"2026-{3 + day:00}-28T12:00:00Z");

        // In July, what was recorded in April and earlier is gone. What May made up for begins 30 days earlier.
        var firings = await Schedules.FiringsAsync("nightly", 1000, Cancel);
        Assert.Equal(At("2026-04-29T00:00:00Z"), firings[^1].DueAt);
        Assert.Equal(At("2026-07-28T00:00:00Z"), firings[0].DueAt);
    }
}
