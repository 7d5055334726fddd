using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit;
using Resonance.Audit.Ledger;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Tests.Audit;

/// <summary>Both databases as files of a folder that lives as long as a test.</summary>
sealed class SqliteAudit : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-audit-");

    public void AddTo(IServiceCollection services)
    {
        services.AddSqliteStore(new SqliteOptions { ConnectionString = In("resonance.db") });
        services.AddResonanceAudit(new AuditOptions(), loggers => AuditDatabase.OnSqlite(In("audit.db"), loggers));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    string In(string file) => $"Data Source={Path.Combine(_folder.FullName, file)};Pooling=False";
}
