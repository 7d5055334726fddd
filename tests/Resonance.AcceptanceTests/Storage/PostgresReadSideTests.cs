using Microsoft.Extensions.DependencyInjection;
using Resonance.AcceptanceTests.Support;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;
using Resonance.Tests.Engine.Storage.Queries;

namespace Resonance.AcceptanceTests.Storage;

/// <summary>The suite of the read side on Postgres.</summary>
public sealed class PostgresReadSideTests(Servers servers) : ReadSideConformance
{
    TestDatabase _database = null!;

    protected override async Task AddStoreAsync(IServiceCollection services)
    {
        _database = await TestDatabase.CreateAsync(servers, Cancel);
        services.AddPostgresStore(new PostgresOptions { ConnectionString = _database.ConnectionString });
    }

    protected override ValueTask RemoveStoreAsync() => _database.DisposeAsync();
}
