using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Tests.Engine.Storage.Queries;

public sealed class SqliteReadSideConformance : ReadSideConformance
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-read-");

    protected override Task AddStoreAsync(IServiceCollection services)
    {
        services.AddSqliteStore(new SqliteOptions
        {
            ConnectionString = $"Data Source={Path.Combine(_folder.FullName, "read.db")};Pooling=False",
        });
        return Task.CompletedTask;
    }

    protected override ValueTask RemoveStoreAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
