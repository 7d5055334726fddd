using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;

namespace Resonance.Engine.Schedules;

/// <summary>Schedules: workflows that are started by the calendar.</summary>
public static class ScheduleServiceCollectionExtensions
{
    /// <summary>Runs the installation's schedules in this process. Any number of processes may: one of them starts each instance.</summary>
    public static IServiceCollection AddScheduler(this IServiceCollection services) => services.AddHostedService<Scheduler>();

    /// <summary>
    /// Gives the installation a schedule to begin with. It is stored when the process starts, unless one of its name was ever stored,
    /// and left out when this build does not know its workflow.
    /// </summary>
    public static IServiceCollection AddDefaultSchedule(this IServiceCollection services, ScheduleDefinition definition) =>
        services.AddSingleton(new DefaultSchedule(definition));

    /// <summary>Adds what lists and changes schedules; running them is <see cref="AddScheduler"/>.</summary>
    internal static IServiceCollection AddSchedules(this IServiceCollection services)
    {
        services.TryAddSingleton<StartScheduled>(provider => provider.GetRequiredService<WorkflowClient>().StartAsync);
        services.AddSingleton<ScheduleStore>();
        services.AddSingleton<ScheduleSignal>();
        services.AddSingleton<ScheduleRunner>();
        services.AddSingleton(provider => new ScheduleBook(
            provider.GetRequiredService<ScheduleStore>(),
            provider.GetRequiredService<ScheduleRunner>(),
            provider.GetRequiredService<ScheduleSignal>(),
            provider.GetRequiredService<WorkflowCatalog>(),
            provider.GetRequiredService<TimeProvider>()));
        return services.AddHostedService<DefaultSchedules>();
    }
}
