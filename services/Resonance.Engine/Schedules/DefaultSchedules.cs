using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Definitions;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Schedules;

/// <summary>A schedule that an installation begins with.</summary>
sealed record DefaultSchedule(ScheduleDefinition Definition);

/// <summary>
/// Stores the schedules that the code brings along, each unless one of its name was ever stored: what a person changed stays changed, and
/// what a person deleted stays deleted.
/// </summary>
sealed class DefaultSchedules(
    IEnumerable<DefaultSchedule> defaults, ScheduleStore store, WorkflowCatalog catalog, StorePatience patience, TimeProvider clock,
    ILogger<DefaultSchedules> log) : IHostedLifecycleService
{
    static readonly ScheduleAuthor Author = new("deployment", "a default of this build");

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var definition in defaults.Select(one => one.Definition))
        {
            if (catalog.Find(definition.Workflow) is null)
            {
                ScheduleLog.DefaultLeftOut(log, definition.Name, definition.Workflow);
                continue;
            }

            var now = clock.GetUtcNow();
            if (ScheduleCheck.Check(definition, catalog, now) is { Count: > 0 } errors)
            {
                throw new WorkflowDefinitionException(
                    [.. from field in errors from error in field.Value select $"default schedule {definition.Name}, {field.Key}: {error}"]);
            }

            await patience.CallAsync(
                () => store.AddDefaultAsync(definition, ScheduleCalendar.Of(definition).After(now), Author, cancellationToken),
                cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
