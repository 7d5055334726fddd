using Microsoft.Extensions.DependencyInjection;
using Resonance.AcceptanceTests.Support;
using Resonance.Tests.Audit.Trail;

namespace Resonance.AcceptanceTests.Audit;

/// <summary>The suite of the trail on Postgres.</summary>
public sealed class PostgresTrailTests(Servers servers) : TrailConformance
{
    TestDatabase _database = null!;

    protected override async Task AddStoresAsync(IServiceCollection services)
    {
        _database = await TestDatabase.CreateMigratedAsync(servers, Cancel);
        services.AddPostgresAudit(_database.ConnectionString);
    }

    protected override ValueTask RemoveStoresAsync() => _database.DisposeAsync();
}
