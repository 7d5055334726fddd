using System.Globalization;
using Resonance.Engine.Schedules;
using Xunit;

namespace Resonance.Tests.Engine.Schedules;

public sealed class ScheduleCalendarTests
{
    /// <summary>On 29 March 2026 the clocks of Berlin go from 02:00 to 03:00, which is 01:00 UTC.</summary>
    [Fact]
    public void A_time_of_day_that_does_not_exist_comes_due_when_the_clocks_are_put_forward() => Assert.Equal(
        ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
        Times("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3));

    /// <summary>On 25 October 2026 they go from 03:00 back to 02:00, so that 02:30 comes at 00:30 UTC and again at 01:30 UTC.</summary>
    [Fact]
    public void A_time_of_day_that_exists_twice_comes_due_the_first_time() => Assert.Equal(
        ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        Times("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", 3));

    [Fact]
    public void An_interval_goes_on_through_the_hour_that_exists_twice_and_leaves_out_the_one_that_does_not()
    {
        Assert.Equal(
            ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"],
            Times("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:59:00Z", 5));
        Assert.Equal(
            ["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"],
            Times("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 3));
    }

    [Theory]
    [InlineData("2026-03-29T01:00:00Z", "2026-03-28T01:30:00Z")]
    [InlineData("2026-03-30T00:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("2026-10-26T01:30:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("2026-10-25T00:30:00Z", "2026-10-24T00:30:00Z")]
    public void The_due_time_before_is_the_one_of_the_calendar_also_when_clocks_change(string due, string before) =>
        Assert.Equal(At(before), Calendar("30 2 * * *", "Europe/Berlin").Before(At(due)));

    [Fact]
    public void Every_due_time_is_before_the_next_one_and_after_the_one_before()
    {
        var calendar = Calendar("15,45 1-3 * * *", "Europe/Berlin");
        var times = calendar.AllAfter(At("2026-03-27T00:00:00Z")).Take(2000).ToArray();

        Assert.Equal(times.Order(), times);
        Assert.Equal(times.SkipLast(1), times.Skip(1).Select(calendar.Before));
    }

    [Theory]
    [InlineData("* * * * * *", "2026-03-04T09:14:59Z")]
    [InlineData("* * * 1 1 *", "2026-01-01T23:59:59Z")]
    [InlineData("0 0 29 2 *", "2024-02-29T00:00:00Z")]
    public void The_due_time_before_may_be_a_second_or_years_ago(string cron, string before) =>
        Assert.Equal(At(before), Calendar(cron, "UTC").Before(At("2026-03-04T09:15:00Z")));

    [Theory]
    [InlineData("0 0 * * *", "UTC", "2026-03-05T00:00:00Z")]
    [InlineData("*/10 15 9 * * *", "UTC", "2026-03-04T09:15:10Z")]
    [InlineData("0 9 * * MON-FRI", "America/New_York", "2026-03-04T14:00:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2028-02-29T00:00:00Z")]
    public void Cron_expressions_have_5_or_6_fields_and_a_time_zone(string cron, string zone, string next) =>
        Assert.Equal(At(next), Calendar(cron, zone).After(At("2026-03-04T09:15:00Z")));

    [Fact]
    public void Jitter_is_the_same_for_everybody_spread_over_its_whole_range_and_never_beyond()
    {
        var jitter = TimeSpan.FromMinutes(10);
        var (here, elsewhere) = (Calendar("* * * * *", "UTC", jitter), Calendar("* * * * *", "UTC", jitter));
        var due = here.AllAfter(At("2026-03-04T09:15:00Z")).Take(2000).ToArray();

        var delays = due.Select(time => here.StartOf(time) - time).ToArray();

        Assert.Equal(due.Select(elsewhere.StartOf), due.Select(here.StartOf));
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.Zero, jitter));
        Assert.All(
            Enumerable.Range(0, 10),
            tenth => Assert.InRange(delays.Count(delay => (int)delay.TotalMinutes == tenth), 120, 280));
        Assert.NotEqual(due.Select(here.StartOf), due.Select(Calendar("* * * * *", "UTC", jitter, "another").StartOf));
        Assert.Equal(due, due.Select(Calendar("* * * * *", "UTC").StartOf));
    }

    static string[] Times(string cron, string zone, string from, int count) =>
    [
        .. Calendar(cron, zone).AllAfter(At(from)).Take(count)
            .Select(time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
    ];

    static ScheduleCalendar Calendar(string cron, string zone, TimeSpan jitter = default, string name = "nightly") => ScheduleCalendar.Of(
        new ScheduleDefinition { Name = name, Workflow = "payment", Start = "{}", Cron = cron, TimeZone = zone, Jitter = jitter });

    static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
