using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Queues.Postgres;
using Resonance.Engine.Queues.Sqlite;
using Resonance.Engine.Storage.Postgres;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Queues;

/// <summary>Registers work queues over the store that is registered.</summary>
static class QueueServiceCollectionExtensions
{
    public static IServiceCollection AddWorkQueues(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<WorkSignals>(provider => provider.GetService<PostgresConnections>() is { } postgres
            ? new PostgresWorkSignals(
                postgres, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PostgresWorkSignals>>())
            : new WorkSignals());
        services.TryAddSingleton<IWorkQueueStore>(provider => provider.GetService<PostgresConnections>() is { } postgres
            ? new PostgresWorkQueueStore(
                postgres, provider.GetRequiredService<WorkSignals>(), provider.GetRequiredService<TimeProvider>())
            : new SqliteWorkQueueStore(
                provider.GetRequiredService<SqliteConnections>(), provider.GetRequiredService<WorkSignals>(),
                provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new WorkQueues(
            provider.GetRequiredService<IWorkQueueStore>(), provider.GetRequiredService<WorkSignals>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
