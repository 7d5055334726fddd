using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit;
using Resonance.Audit.Ledger;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Tests.Audit.Witness;

public sealed class SqliteWitnessConformance : WitnessConformance
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-witness-");

    protected override Task AddStoresAsync(IServiceCollection services)
    {
        services.AddSqliteStore(new SqliteOptions { ConnectionString = In("resonance.db") });
        services.AddResonanceAudit(new AuditOptions(), loggers => AuditDatabase.OnSqlite(In("audit.db"), loggers));
        return Task.CompletedTask;
    }

    protected override ValueTask RemoveStoresAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    string In(string file) => $"Data Source={Path.Combine(_folder.FullName, file)};Pooling=False";
}
