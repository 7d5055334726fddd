using DotNet.Testcontainers.Builders;
using Microsoft.Extensions.DependencyInjection;
using Resonance.AcceptanceTests.Audit;
using Resonance.AcceptanceTests.Support;
using Resonance.Audit.Ledger;
using Resonance.Engine.Storage;
using Testcontainers.PostgreSql;
using Testcontainers.RabbitMq;
using Xunit;

[assembly: AssemblyFixture(typeof(Servers))]

namespace Resonance.AcceptanceTests.Support;

/// <summary>
/// The Postgres and the RabbitMQ of this test run: those that <c>./test</c> names in environment variables, else containers.
/// Each is started by the first test that asks for it, so that a run of tests that need neither starts neither.
/// </summary>
public sealed class Servers : IAsyncDisposable
{
    // The same images as in ./test and compose.yaml.
    const string PostgresImage = "postgres:17";
    const string RabbitMqImage = "rabbitmq:4-management";

    readonly Lazy<Task<string>> _postgresAdmin;
    readonly Lazy<Task<RabbitMqAddress>> _rabbitMq;
    readonly Lazy<Task<TestDatabase>> _migrated;
    PostgreSqlContainer? _postgresContainer;
    RabbitMqContainer? _rabbitMqContainer;

    public Servers()
    {
        _postgresAdmin = new(StartPostgres);
        _rabbitMq = new(StartRabbitMq);
        _migrated = new(MigrateAsync);
    }

    /// <summary>The connection string of a superuser; <see cref="TestDatabase"/> gives each test a database of its own.</summary>
    internal Task<string> PostgresAdmin => _postgresAdmin.Value;

    /// <summary>The broker as its administrator; <see cref="TestBroker"/> gives each test a virtual host of its own.</summary>
    internal Task<RabbitMqAddress> RabbitMq => _rabbitMq.Value;

    /// <summary>A database with every table of the engine and of the audit and nothing in them, to be copied.</summary>
    internal Task<TestDatabase> Migrated => _migrated.Value;

    public async ValueTask DisposeAsync()
    {
        if (_migrated is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _migrated.Value).DisposeAsync();
        if (_postgresContainer is not null)
            await _postgresContainer.DisposeAsync();
        if (_rabbitMqContainer is not null)
            await _rabbitMqContainer.DisposeAsync();
    }

    async Task<TestDatabase> MigrateAsync()
    {
        var database = await TestDatabase.CreateAsync(this, CancellationToken.None);
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddPostgresAudit(database.ConnectionString);
        await using (var provider = services.BuildServiceProvider())
        {
            await provider.GetRequiredService<IWorkflowStore>().MigrateAsync(CancellationToken.None);
            await provider.GetRequiredService<AuditDatabase>().MigrateAsync(CancellationToken.None);
        }

        // Nothing may be connected to a database while it is copied.
        await database.DisconnectAsync();
        return database;
    }

    async Task<string> StartPostgres()
    {
        if (Environment.GetEnvironmentVariable("RESONANCE_TEST_POSTGRES") is { Length: > 0 } given)
            return given;

        try
        {
            _postgresContainer = new PostgreSqlBuilder(PostgresImage)
                .WithCommand("-c", "max_connections=300", "-c", "shared_preload_libraries=pg_stat_statements")
                .Build();
            await _postgresContainer.StartAsync();
        }
        catch (DockerUnavailableException cause)
        {
            throw NoServer("Postgres", "RESONANCE_TEST_POSTGRES", cause);
        }

        return _postgresContainer.GetConnectionString();
    }

    async Task<RabbitMqAddress> StartRabbitMq()
    {
        if (Environment.GetEnvironmentVariable("RESONANCE_TEST_RABBITMQ") is { Length: > 0 } given)
        {
            return Environment.GetEnvironmentVariable("RESONANCE_TEST_RABBITMQ_MANAGEMENT") is { Length: > 0 } management
                ? RabbitMqAddress.Parse(given, management)
                : throw new InvalidOperationException("RESONANCE_TEST_RABBITMQ is set; set RESONANCE_TEST_RABBITMQ_MANAGEMENT too.");
        }

        const int managementPort = 15672;
        try
        {
            _rabbitMqContainer = new RabbitMqBuilder(RabbitMqImage)
                .WithPortBinding(managementPort, assignRandomHostPort: true)
                .WithResourceMapping("collect_statistics_interval = 500\n"u8.ToArray(), "/etc/rabbitmq/conf.d/20-tests.conf")
                .WithWaitStrategy(Wait.ForUnixContainer()
                    .UntilMessageIsLogged("Server startup complete")
                    .UntilHttpRequestIsSucceeded(request => request.ForPort(managementPort)))
                .Build();
            await _rabbitMqContainer.StartAsync();
        }
        catch (DockerUnavailableException cause)
        {
            throw NoServer("RabbitMQ", "RESONANCE_TEST_RABBITMQ", cause);
        }

        return RabbitMqAddress.Parse(
            _rabbitMqContainer.GetConnectionString(),
            $"http://{_rabbitMqContainer.Hostname}:{_rabbitMqContainer.GetMappedPublicPort(managementPort)}");
    }

    static InvalidOperationException NoServer(string name, string variable, Exception cause) => new(
        $"There is no {name} to test with: {variable} is not set and Docker's engine does not answer. Run ./test acceptance, "
        + "which starts one, or ./test servers and take over the variables that it prints.",
        cause);
}
