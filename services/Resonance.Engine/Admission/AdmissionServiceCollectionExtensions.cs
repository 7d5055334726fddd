using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Resonance.Engine.Admission;

/// <summary>Registers what lets queued instances begin.</summary>
static class AdmissionServiceCollectionExtensions
{
    public static void AddAdmission(this IServiceCollection services) => services.TryAddSingleton<AdmissionDesk>();

    /// <summary>Admits instances: in processes that run workflows.</summary>
    public static void AddAdmissionRunner(this IServiceCollection services) =>
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, AdmissionRunner>());
}
