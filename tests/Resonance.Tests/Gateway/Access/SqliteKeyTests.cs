using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;
using Resonance.Tests.Support;

namespace Resonance.Tests.Gateway.Access;

public sealed class SqliteKeyTests : KeyConformance
{
    readonly TemporaryFolder _folder = new();

    protected override Task AddStoreAsync(IServiceCollection services)
    {
        services.AddSqliteStore(new SqliteOptions { ConnectionString = $"Data Source={Path.Combine(_folder.Path, "keys.db")};Pooling=False" });
        return Task.CompletedTask;
    }

    protected override ValueTask RemoveStoreAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
