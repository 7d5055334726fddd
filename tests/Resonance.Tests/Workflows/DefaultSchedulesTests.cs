using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Definitions;
using Resonance.Engine.Schedules;
using Resonance.Workflows;
using Xunit;

namespace Resonance.Tests.Workflows;

public sealed class DefaultSchedulesTests
{
    static readonly DateTimeOffset Now = new(2026, 3, 4, 9, 15, 43, TimeSpan.Zero);

    [Theory]
    [InlineData("reconciliation-daily", "2026-03-05T00:00:00Z", "2026-03-04T00:00:00Z")]
    [InlineData("reporting-hourly", "2026-03-04T10:00:00Z", "2026-03-04T09:00:00Z")]
    public void Each_one_is_about_a_whole_period_that_is_over(string name, string to, string from)
    {
        var calendar = ScheduleCalendar.Of(Defaults().Single(definition => definition.Name == name));

        var values = FiringValues.Of(name, calendar, calendar.After(Now)!.Value);

        Assert.Equal((to, from), (StartTemplate.Text(values.DueAt), StartTemplate.Text(values.PreviousDueAt)));
    }

    [Fact]
    public void Each_one_is_sound()
    {
        using var services = Services();
        var catalog = new WorkflowCatalog(services.GetServices<IWorkflow>().Select(workflow => workflow.Description));

        Assert.Equal(2, Defaults().Length);
        Assert.All(Defaults(), definition => Assert.Empty(ScheduleCheck.Check(definition, catalog, Now)));
    }

    static ScheduleDefinition[] Defaults()
    {
        using var services = Services();
        return [.. services.GetServices<DefaultSchedule>().Select(schedule => schedule.Definition)];
    }

    static ServiceProvider Services() => new ServiceCollection().AddResonanceWorkflows(new WorkflowTimes()).AddResonanceSchedules().BuildServiceProvider();
}
