using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Workers;

/// <summary>Brings workers onto the bus.</summary>
public static class WorkerRegistration
{
    const string SqlFolder = "Resonance.Engine.Workers.Sql";

    // Enough to keep a database busy, and below the size of the drivers' connection pools.
    const int MessagesAtOnce = 32;

    /// <summary>Lets a worker consume from a queue; workers may share one.</summary>
    /// <param name="bus">The bus; its container must hold an <see cref="IDatabase"/>.</param>
    /// <param name="queue">Name of the queue, e.g. <c>inventory</c>; activities send their commands to <c>queue:inventory</c>.</param>
    public static void AddWorker<TWorker>(this IBusRegistrationConfigurator bus, string queue)
        where TWorker : class, IConsumer
    {
        bus.TryAddSingleton(TimeProvider.System);
        bus.TryAddSingleton<WorkerEffects>();
        bus.AddConsumer<TWorker>().Endpoint(endpoint =>
        {
            endpoint.Name = queue;
            endpoint.ConcurrentMessageLimit = MessagesAtOnce;
        });
    }

    /// <summary>Creates or upgrades the table in which workers remember their effects.</summary>
    /// <remarks>Any number of processes may call it at once.</remarks>
    public static Task MigrateWorkerEffectsAsync(this IDatabase database, CancellationToken cancellationToken) =>
        database.MigrateAsync(typeof(WorkerRegistration).Assembly, SqlFolder, cancellationToken);
}
