using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Registers the read side.</summary>
public static class WorkflowQueriesExtensions
{
    /// <summary>Adds <see cref="WorkflowQueries"/>; a <see cref="WorkflowCatalog"/> must be registered.</summary>
    /// <param name="services">The container.</param>
    /// <param name="useStore">
    /// Names the store: <c>UseNpgsql(dataSource)</c> for tables in the schema <c>resonance</c>, or <c>UseSqlite(connectionString)</c>.
    /// </param>
    public static IServiceCollection AddWorkflowQueries(
        this IServiceCollection services, Action<IServiceProvider, DbContextOptionsBuilder> useStore)
    {
        services.AddPooledDbContextFactory<ReadContext>((provider, options) =>
        {
            useStore(provider, options);
            options.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
        });
        return services.AddSingleton(provider => new WorkflowQueries(
            provider.GetRequiredService<IDbContextFactory<ReadContext>>(), provider.GetRequiredService<WorkflowCatalog>()));
    }
}
