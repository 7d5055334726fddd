using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Resonance.AcceptanceTests.Support;
using Resonance.Audit;
using Resonance.Audit.Ledger;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;
using Resonance.Tests.Audit.Witness;
using Xunit;

namespace Resonance.AcceptanceTests.Audit;

/// <summary>The suite of the witness on Postgres, and what its roles may do there.</summary>
public sealed class PostgresWitnessTests(Servers servers) : WitnessConformance
{
    TestDatabase _database = null!;

    protected override async Task AddStoresAsync(IServiceCollection services)
    {
        _database = await TestDatabase.CreateMigratedAsync(servers, Cancel);
        var options = new PostgresOptions { ConnectionString = _database.ConnectionString };
        var audit = new AuditOptions();
        services.AddPostgresStore(options);
        services.AddResonanceAudit(
            audit,
            loggers => AuditDatabase.OnPostgres(
                _database.ConnectionString, new AuditRoles(audit.Role, options.ApplicationRole), writes: true, loggers));
    }

    protected override ValueTask RemoveStoresAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData("resonance_engine", "INSERT INTO audit.finding (id, kind, detail, found_at) VALUES (gen_random_uuid(), 'fork', '', 0)")]
    [InlineData("resonance_engine", "UPDATE audit.ledger SET size = 7")]
    [InlineData("resonance_engine", "DELETE FROM audit.step")]
    [InlineData("resonance_audit", "UPDATE audit.step SET hash = hash")]
    [InlineData("resonance_audit", "DELETE FROM audit.step")]
    [InlineData("resonance_audit", "TRUNCATE audit.subtree")]
    [InlineData("resonance_audit", "DELETE FROM audit.finding")]
    [InlineData("resonance_audit", "INSERT INTO resonance.key_number (type, next) VALUES ('order', 1)")]
    [InlineData("resonance_audit", "UPDATE resonance.workflow SET state = 'Completed'")]
    [InlineData("resonance_audit", "DELETE FROM resonance.journal")]
    public async Task A_role_cannot_write_what_is_not_its_own(string role, string sql)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(role, sql));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Theory]
    [InlineData("DELETE FROM audit.step")]
    [InlineData("UPDATE audit.finding SET detail = ''")]
    public async Task Not_even_the_owner_changes_a_ledger_while_its_triggers_stand(string sql)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(role: null, sql));

        Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_may_look_at_the_ledger()
    {
        await ExecuteAsync("resonance_engine", "SELECT count(*) FROM audit.step");
    }

    async Task ExecuteAsync(string? role, string sql)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(role is null ? sql : $"SET ROLE {role}; {sql}", connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
