using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Resonance.Engine.Storage;

/// <summary>Healthy when the store can be reached and its schema is the one that this build expects.</summary>
sealed class StoreHealthCheck(IWorkflowStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy("The store answers.");
        }
        catch (SchemaOutOfDateException outOfDate)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, outOfDate.Message);
        }
        catch (Exception away) when (away is DbException or TimeoutException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The store does not answer: {away.Message}");
        }
    }
}

/// <summary>Registers the store's health check.</summary>
public static class StoreHealthCheckExtensions
{
    static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(5);

    /// <summary>Adds the check <c>store</c>, tagged <c>ready</c>; it gives up after 5 seconds.</summary>
    public static IHealthChecksBuilder AddWorkflowStore(this IHealthChecksBuilder checks) =>
        checks.AddCheck<StoreHealthCheck>("store", HealthStatus.Unhealthy, ["ready"], PatienceMax);
}
