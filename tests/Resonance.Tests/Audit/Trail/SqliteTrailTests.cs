using Microsoft.Extensions.DependencyInjection;

namespace Resonance.Tests.Audit.Trail;

public sealed class SqliteTrailTests : TrailConformance
{
    readonly SqliteAudit _databases = new();

    protected override Task AddStoresAsync(IServiceCollection services)
    {
        _databases.AddTo(services);
        return Task.CompletedTask;
    }

    protected override ValueTask RemoveStoresAsync()
    {
        _databases.Dispose();
        return ValueTask.CompletedTask;
    }
}
