using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Queues;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.Operations;

static class OperationsServiceCollectionExtensions
{
    /// <summary>What operators see and do, and what the engine does by itself about what was left behind.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.TryAddSingleton(new RecoveryOptions());
        services.AddWorkQueues();
        services.TryAddSingleton<ServedQueues>();
        services.TryAddSingleton<QueueWatch, MemoryQueueWatch>();
        services.TryAddSingleton(provider => new QueueDepths(
            provider.GetRequiredService<QueueWatch>(),
            new DueMessages(
                provider.GetRequiredService<IDbContextFactory<ReadContext>>(), provider.GetRequiredService<DeliveryOptions>().Lease,
                provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<WorkflowCatalog>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<KeptMessages, MemoryKeptMessages>();
        services.TryAddSingleton(provider => new QueueList(
            provider.GetRequiredService<QueueWatch>(),
            new OutboxCounts(
                provider.GetRequiredService<IDbContextFactory<ReadContext>>(), provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<WorkflowCatalog>(), provider.GetServices<KnownQueue>()));
        services.TryAddSingleton(provider => new Incidents(provider.GetRequiredService<IDbContextFactory<ReadContext>>()));
        services.TryAddSingleton(provider => new Explanations(
            provider.GetRequiredService<WorkflowQueries>(), provider.GetRequiredService<WorkflowCatalog>(),
            provider.GetRequiredService<QueueWatch>(), provider.GetRequiredService<IWorkQueueStore>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new BulkActions(
            provider.GetRequiredService<IWorkflowStore>(), provider.GetRequiredService<IDatabase>(),
            provider.GetRequiredService<WorkflowCatalog>(), provider.GetRequiredService<WorkflowClient>(),
            provider.GetRequiredService<WorkflowQueries>(), provider.GetRequiredService<OutboxDispatcher>(),
            provider.GetRequiredService<DeliveryOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new UpgradeCheck(
            provider.GetRequiredService<IWorkflowStore>(), provider.GetRequiredService<WorkflowCatalog>()));
        services.AddHostedService<UpgradeGuard>();
        return services;
    }

    /// <summary>Looks for instances that were left behind: in processes that run workflows.</summary>
    public static void AddStrandedInstances(this IServiceCollection services)
    {
        services.TryAddSingleton<LostStarts>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StrandedInstances>());
    }

    /// <summary>Shows what the store holds as metrics: in processes that run workflows.</summary>
    public static void AddStoreGauges(this IServiceCollection services) => services.AddHostedService<StoreGauges>();
}
