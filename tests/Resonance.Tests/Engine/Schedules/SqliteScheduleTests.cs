using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Tests.Engine.Schedules;

public sealed class SqliteScheduleTests : ScheduleConformance
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-schedules-");

    protected override Task AddStoreAsync(IServiceCollection services)
    {
        services.AddSqliteStore(new SqliteOptions
        {
            ConnectionString = $"Data Source={Path.Combine(_folder.FullName, "schedules.db")};Pooling=False",
        });
        return Task.CompletedTask;
    }

    protected override ValueTask RemoveStoreAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
