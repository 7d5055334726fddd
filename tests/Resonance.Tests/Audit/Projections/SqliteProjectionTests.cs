using FsCheck;
using FsCheck.Xunit;
using Microsoft.Extensions.DependencyInjection;

namespace Resonance.Tests.Audit.Projections;

public sealed class SqliteProjectionTests : ProjectionConformance
{
    readonly SqliteAudit _databases = new();

    [Property(MaxTest = 25)]
    public async Task Figures_of_any_history_are_those_of_a_recount(int seed, PositiveInt instances, PositiveInt group)
    {
        await ForgetAsync();
        await AssertRecountAsync(seed, instances.Get, group.Get);
    }

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
