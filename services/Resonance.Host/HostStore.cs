using Microsoft.Extensions.Options;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;
using Resonance.Engine.Storage.Sqlite;
using Resonance.Workflows;

namespace Resonance.Host;

/// <summary>The store: which one, where it is, and who brings its schema up to date.</summary>
static class HostStore
{
    const string FileName = "resonance.db";

    public static void Configure(WebApplicationBuilder builder, ResonanceOptions options)
    {
        if (options.Store == "postgres")
            UsePostgres(builder);
        else
            builder.Services.AddSqliteStore(new SqliteOptions { ConnectionString = $"Data Source={Path.Combine(options.DataDirectory, FileName)}" });

        builder.Services.AddSingleton(new SchemaOptions(options.Migrate));
        builder.Services.AddSingleton(new SchemaSource((database, cancellationToken) => database.MigrateWorkersAsync(cancellationToken)));
        builder.Services.AddSingleton<SchemaStartup>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<SchemaStartup>());
    }

    static void UsePostgres(WebApplicationBuilder builder)
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

        var role = builder.Configuration["Resonance:ApplicationRole"];
        builder.Services.AddPostgresStore(role is null
            ? new PostgresOptions { ConnectionString = connectionString }
            : new PostgresOptions { ConnectionString = connectionString, ApplicationRole = role });
    }
}
