using Microsoft.Extensions.DependencyInjection;
using Resonance.AcceptanceTests.Support;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;
using Resonance.Tests.Engine.Queues;

namespace Resonance.AcceptanceTests.Storage;

/// <summary>The suite of work queues on Postgres.</summary>
public sealed class PostgresWorkQueueTests(Servers servers) : WorkQueueConformance
{
    TestDatabase? _database;

    protected override async Task AddStoreAsync(IServiceCollection services)
    {
        _database = await TestDatabase.CreateAsync(servers, Cancel);
        services.AddPostgresStore(new PostgresOptions { ConnectionString = _database.ConnectionString });
    }

    protected override async ValueTask RemoveStoreAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
