using Microsoft.Extensions.Options;
using Resonance.Audit;
using Resonance.Audit.Archive;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;
using Resonance.Engine.Storage.Sqlite;
using Resonance.Workflows;

namespace Resonance.Host;

/// <summary>The store: which one, where it is, and who brings its schema up to date.</summary>
static class HostStore
{
    const string FileName = "resonance.db";
    const string AuditFileName = "audit.db";

    public static void Configure(WebApplicationBuilder builder, ResonanceOptions options)
    {
        builder.Services.AddSingleton(new SchemaSource((database, cancellationToken) => database.MigrateWorkersAsync(cancellationToken)));
        var audit = ResonanceHost.Validated<AuditOptions>(builder, AuditOptions.Section);
        ResonanceHost.Validated<CheckpointOptions>(builder, CheckpointOptions.Section).DataDirectory = options.DataDirectory;
        ResonanceHost.Validated<ArchiveOptions>(builder, ArchiveOptions.Section);
        if (options.Store == "postgres")
        {
            UsePostgres(builder, audit, options.RoleSet.Contains("audit"));
        }
        else
        {
            builder.Services.AddSqliteStore(new SqliteOptions { ConnectionString = In(FileName) });
            builder.Services.AddResonanceAudit(audit, loggers => AuditDatabase.OnSqlite(In(AuditFileName), loggers));
        }

        builder.Services.AddSingleton(new SchemaOptions(options.Migrate));
        builder.Services.AddSingleton<SchemaStartup>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<SchemaStartup>());

        string In(string file) => $"Data Source={Path.Combine(options.DataDirectory, file)}";
    }

    static void UsePostgres(WebApplicationBuilder builder, AuditOptions audit, bool witnesses)
    {
        var connectionString = builder.Configuration.GetConnectionString("Postgres");
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new OptionsValidationException(
                ResonanceOptions.Section, typeof(ResonanceOptions),
                [
                    "Resonance:Store is 'postgres', but ConnectionStrings:Postgres is missing. Set it, e.g. " +
                    "ConnectionStrings__Postgres='Host=127.0.0.1;Username=resonance;Password=...;Database=resonance'.",
                ]);
        }

        var store = new PostgresOptions { ConnectionString = connectionString };
        if (builder.Configuration["Resonance:ApplicationRole"] is { } role)
            store = store with { ApplicationRole = role };
        builder.Services.AddPostgresStore(store);
        var roles = new AuditRoles(audit.Role, store.ApplicationRole);
        builder.Services.AddResonanceAudit(audit, loggers => AuditDatabase.OnPostgres(connectionString, roles, witnesses, loggers));
    }
}
