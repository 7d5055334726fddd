using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resonance.Engine.Storage.Postgres;
using Resonance.Engine.Storage.Queries;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Storage;

/// <summary>Registers one of the two stores, as <see cref="IWorkflowStore"/> and as <see cref="IDatabase"/>.</summary>
static class StorageServiceCollectionExtensions
{
    /// <summary>Keeps everything in Postgres; any number of processes may share it.</summary>
    /// <exception cref="ValidationException">An option is missing or out of range.</exception>
    public static IServiceCollection AddPostgresStore(this IServiceCollection services, PostgresOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        services.AddLogging();
        services.AddSingleton(options);
        services.AddSingleton<PostgresConnections>();
        services.AddSingleton<PostgresMigration>();
        services.AddSingleton<IWorkflowStore, PostgresStore>();
        services.AddSingleton<IDatabase, PostgresDatabase>();
        services.AddSingleton<Documents>();
        return services.AddPostgresQueries(options);
    }

    /// <summary>Keeps everything in one SQLite file that this process has to itself.</summary>
    /// <exception cref="ValidationException">An option is missing or out of range.</exception>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services, SqliteOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<SqliteConnections>();
        services.AddSingleton<SqliteMigration>();
        services.AddSingleton<IWorkflowStore, SqliteStore>();
        services.AddSingleton<IDatabase, SqliteDatabase>();
        services.AddSingleton<Documents>();
        return services.AddSqliteQueries(options);
    }
}
