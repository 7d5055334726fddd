using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Resonance.Engine.Definitions;
using Resonance.Engine.Storage.Postgres;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Registers <see cref="WorkflowQueries"/> beside a store; a <see cref="WorkflowCatalog"/> must be registered too.</summary>
static class WorkflowQueriesExtensions
{
    const string PostgresSource = "queries";

    // The writer's planner settings are made for its own statements; questions are planned as they come, and can change nothing.
    const string SessionSettings = "-c default_transaction_read_only=on -c statement_timeout=15s";

    /// <summary>Asks Postgres, over connections of its own that only read.</summary>
    public static IServiceCollection AddPostgresQueries(this IServiceCollection services, PostgresOptions options)
    {
        services.AddKeyedSingleton(PostgresSource, (_, _) => NpgsqlDataSource.Create(ReadingPostgres(options)));
        return services.AddQueries((provider, context) =>
            context.UseNpgsql(provider.GetRequiredKeyedService<NpgsqlDataSource>(PostgresSource)));
    }

    /// <summary>Asks the SQLite file, over connections of its own that only read and never wait for the writer.</summary>
    public static IServiceCollection AddSqliteQueries(this IServiceCollection services, SqliteOptions options) =>
        services.AddQueries((_, context) => context.UseSqlite(ReadingSqlite(options)));

    static IServiceCollection AddQueries(this IServiceCollection services, Action<IServiceProvider, DbContextOptionsBuilder> useStore)
    {
        services.AddPooledDbContextFactory<ReadContext>((provider, context) =>
        {
            useStore(provider, context);
            context.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
        });
        services.AddSingleton<JournalPeriod>();
        services.AddSingleton<RuleEvaluations>();
        services.AddSingleton(provider => new StoreFiguresReader(
            provider.GetRequiredService<IDbContextFactory<ReadContext>>(), provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton(provider => new JournalScan(provider.GetRequiredService<JournalPeriod>()));
        services.AddSingleton(provider => new WorkflowFigures(provider.GetRequiredService<JournalPeriod>()));
        return services.AddSingleton(provider => new WorkflowQueries(
            provider.GetRequiredService<IDbContextFactory<ReadContext>>(), provider.GetRequiredService<WorkflowCatalog>()));
    }

    static string ReadingPostgres(PostgresOptions options)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        connection.ApplicationName = connection.ApplicationName is { } name ? $"{name} queries" : "resonance queries";
        connection.Options = $"{SessionSettings} {connection.Options}";
        return connection.ConnectionString;
    }

    static string ReadingSqlite(SqliteOptions options)
    {
        var connection = new SqliteConnectionStringBuilder(options.ConnectionString);
        if (connection.Mode == SqliteOpenMode.Memory || connection.DataSource is "" or ":memory:")
            throw new NotSupportedException("A database in memory has one connection, which writes. Questions need a file.");

        connection.Mode = SqliteOpenMode.ReadOnly;
        return connection.ConnectionString;
    }
}
