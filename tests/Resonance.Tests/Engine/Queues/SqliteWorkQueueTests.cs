using Microsoft.Extensions.DependencyInjection;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Tests.Engine.Queues;

/// <summary>The suite of work queues on a SQLite file.</summary>
public sealed class SqliteFileWorkQueueTests : WorkQueueConformance
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-queues-");

    protected override Task AddStoreAsync(IServiceCollection services)
    {
        services.AddSqliteStore(new SqliteOptions
        {
            ConnectionString = $"Data Source={Path.Combine(_folder.FullName, "queues.db")};Pooling=False",
        });
        return Task.CompletedTask;
    }

    protected override ValueTask RemoveStoreAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The suite of work queues on a SQLite database in memory.</summary>
public sealed class SqliteMemoryWorkQueueTests : WorkQueueConformance
{
    protected override Task AddStoreAsync(IServiceCollection services)
    {
        services.AddSqliteStore(new SqliteOptions { ConnectionString = "Data Source=:memory:" });
        return Task.CompletedTask;
    }

    protected override ValueTask RemoveStoreAsync() => ValueTask.CompletedTask;
}
