using System.Net;
using System.Net.Http.Json;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Schedules;

[Collection<OnARunningHost>]
public sealed class A_schedule_follows_the_clocks_of_its_place(RunningHost host)
{
    /// <summary>On the last Sundays of March and October the clocks of Berlin change between two and three.</summary>
    [Fact]
    public async Task At_half_past_two_in_the_nights_in_which_clocks_change()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var start = new { paymentId = "{id}", reference = "{dueAt}", amount = 10, currency = "EUR", cardToken = "tok_visa" };
        using (var response = await host.Process.Client.PutAsJsonAsync(
            "api/schedules/clocks",
            new { workflow = "payment", start, cron = "30 2 * 3,10 SUNL", timeZone = "Europe/Berlin", author = "Ada", reason = "a test" },
            cancellationToken))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        var times = (await new ScheduleApi(host.Process.Client).GetAsync("clocks", cancellationToken)).NextTimes;

        Assert.Equal(5, times.Count);
        Assert.All(times, time => Assert.Equal(
            time.Month == 3 ? new TimeSpan(1, 0, 0) : new TimeSpan(0, 30, 0), time.UtcDateTime.TimeOfDay));
        Assert.Contains(times, time => time.Month == 3);
        Assert.Contains(times, time => time.Month == 10);
    }
}
