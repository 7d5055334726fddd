using Microsoft.Extensions.DependencyInjection;
using Resonance.Audit;
using Resonance.Audit.Ledger;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;

namespace Resonance.AcceptanceTests.Audit;

static class PostgresAudit
{
    /// <summary>Adds the engine's store and the audit's database as a process has them that witnesses.</summary>
    public static IServiceCollection AddPostgresAudit(this IServiceCollection services, string connectionString)
    {
        var store = new PostgresOptions { ConnectionString = connectionString };
        var audit = new AuditOptions();
        return services.AddPostgresStore(store).AddResonanceAudit(
            audit,
            loggers => AuditDatabase.OnPostgres(connectionString, new AuditRoles(audit.Role, store.ApplicationRole), writes: true, loggers));
    }
}
