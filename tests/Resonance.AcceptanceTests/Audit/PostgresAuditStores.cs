using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Resonance.AcceptanceTests.Support;
using Resonance.Tests.Audit;

namespace Resonance.AcceptanceTests.Audit;

/// <summary>Two schemas of one database.</summary>
sealed class PostgresAuditStores(Servers servers) : AuditStores
{
    TestDatabase? _database;

    string ConnectionString =>
        _database?.ConnectionString ?? throw new InvalidOperationException("The database is made when the stores are added.");

    public override async Task AddAsync(IServiceCollection services, CancellationToken cancellationToken)
    {
        _database = await TestDatabase.CreateMigratedAsync(servers, cancellationToken);
        services.AddPostgresAudit(ConnectionString);
    }

    public override Task DropGuardsAsync(CancellationToken cancellationToken) => ExecuteAsync(
        "resonance",
        """
        DO $$
        DECLARE guarded regclass;
        BEGIN
            FOR guarded IN SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace IN ('resonance'::regnamespace, 'audit'::regnamespace)
            LOOP
                EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', guarded);
            END LOOP;
        END
        $$
        """,
        cancellationToken);

    public override Task ChangeJournalAsync(string sql, CancellationToken cancellationToken) => ExecuteAsync("resonance", sql, cancellationToken);

    public override Task ChangeLedgerAsync(string sql, CancellationToken cancellationToken) => ExecuteAsync("audit", sql, cancellationToken);

    public override string Literal(byte[] bytes) => $"'\\x{Convert.ToHexStringLower(bytes)}'::bytea";

    public override string Literal(DateTimeOffset time) =>
        $"'{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)}'::timestamptz";

    public override async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }

    async Task ExecuteAsync(string schema, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, SearchPath = schema }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
