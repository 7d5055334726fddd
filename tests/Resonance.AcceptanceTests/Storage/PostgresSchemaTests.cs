using System.Runtime.CompilerServices;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;
using Resonance.Tests.Engine.Storage;
using Xunit;

namespace Resonance.AcceptanceTests.Storage;

/// <summary>The schema as others see it, and who may do what in it.</summary>
public sealed class PostgresSchemaTests(PostgresStoreDatabase database) : IClassFixture<PostgresStoreDatabase>
{
    const string DescribeSql =
        """
        SELECT line FROM (
            SELECT c.relname AS "table", 1 AS part, lpad(a.attnum::text, 3) AS item,
                '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS line
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'resonance'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT relname, 0, '', relname || coalesce(' ' || reloptions::text, '')
            FROM pg_class WHERE relnamespace = 'resonance'::regnamespace AND relkind = 'r'
            UNION ALL
            SELECT conrelid::regclass::text, 2, conname, '  ' || conname || ' ' || pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'resonance'::regnamespace
            UNION ALL
            SELECT tablename, 3, indexname, '  ' || indexdef FROM pg_indexes WHERE schemaname = 'resonance'
            UNION ALL
            SELECT c.relname, 4, tgname, '  ' || tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
            FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
            WHERE NOT tgisinternal AND c.relnamespace = 'resonance'::regnamespace
            UNION ALL
            SELECT table_name, 5, grantee || privilege_type, '  ' || grantee || ' may ' || privilege_type
            FROM information_schema.role_table_grants WHERE table_schema = 'resonance' AND grantee = 'resonance_engine'
        ) schema ORDER BY replace("table", 'resonance.', ''), part, item
        """;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_schema_is_the_approved_one()
    {
        var migrated = await database.CreateDatabaseAsync(Cancelled);
        await database.OpenStore(migrated).MigrateAsync(Cancelled);

        var lines = await PostgresStoreDatabase.ReadLinesAsync(migrated, DescribeSql, Cancelled);

        await AssertApprovedAsync("PostgresSchema", string.Join('\n', lines) + "\n");
    }

    [Fact]
    public async Task A_database_that_has_the_new_indexes_already_is_brought_up_to_date_as_well()
    {
        var migrated = await database.CreateDatabaseAsync(Cancelled);
        await database.OpenStore(migrated).MigrateAsync(Cancelled);
        var before = await PostgresStoreDatabase.ReadLinesAsync(migrated, DescribeSql, Cancelled);
        await PostgresStoreDatabase.ExecuteAsync(
            migrated, "DELETE FROM resonance.schema_version WHERE scriptname LIKE '%0003_workflow_indexes.sql'", Cancelled);

        var store = database.OpenStore(migrated);
        await Assert.ThrowsAsync<SchemaOutOfDateException>(() => store.CheckAsync(Cancelled));
        await store.MigrateAsync(Cancelled);

        await store.CheckAsync(Cancelled);
        Assert.Equal(before, await PostgresStoreDatabase.ReadLinesAsync(migrated, DescribeSql, Cancelled));
    }

    [Theory]
    [InlineData("UPDATE resonance.journal SET event = 'forged'")]
    [InlineData("DELETE FROM resonance.journal")]
    [InlineData("TRUNCATE resonance.journal")]
    public async Task Neither_the_application_nor_a_superuser_changes_the_journal(string statement)
    {
        var services = database.Open(database.ConnectionString);
        await services.GetRequiredService<IWorkflowStore>().MigrateAsync(Cancelled);

        var byRole = await Assert.ThrowsAsync<PostgresException>(() => AsApplicationAsync(services, statement));
        Assert.Contains("permission denied", byRole.MessageText, StringComparison.Ordinal);

        var byTrigger = await Assert.ThrowsAsync<PostgresException>(() => PostgresStoreDatabase.ExecuteAsync(
            database.ConnectionString, "SET session_replication_role = replica; " + statement, Cancelled));
        Assert.Contains("append-only", byTrigger.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_application_works_under_its_role_with_limits_on_how_long_it_may_wait()
    {
        var services = database.Open(database.ConnectionString);
        await services.GetRequiredService<IWorkflowStore>().MigrateAsync(Cancelled);

        var session = await services.GetRequiredService<IDatabase>().TransactAsync(
            async (connection, _, cancellationToken) =>
            {
                await using var command = (NpgsqlCommand)connection.CreateCommand();
                command.CommandText =
                    """
                    SELECT concat_ws(' ', current_user, current_setting('statement_timeout'), current_setting('lock_timeout'),
                        current_setting('idle_in_transaction_session_timeout'), current_setting('application_name'))
                    """;
                return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
            },
            Cancelled);

        Assert.Equal("resonance_engine 30s 10s 30s resonance", session);
    }

    [Fact]
    public async Task What_the_connection_string_says_wins()
    {
        var own = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Options = "-c statement_timeout=7s",
            ApplicationName = "ours",
            NoResetOnClose = false,
        };
        var services = database.Open(own.ConnectionString);
        await services.GetRequiredService<IWorkflowStore>().MigrateAsync(Cancelled);

        // Twice over one connection: resetting it must not lose the role.
        for (var round = 0; round < 2; round++)
        {
            var session = await services.GetRequiredService<IDatabase>().TransactAsync(
                async (connection, _, cancellationToken) =>
                {
                    await using var command = connection.CreateCommand();
                    command.CommandText = "SELECT concat_ws(' ', current_user, current_setting('statement_timeout'), "
                        + "current_setting('lock_timeout'), current_setting('application_name'))";
                    return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
                },
                Cancelled);
            Assert.Equal("resonance_engine 7s 10s ours", session);
        }
    }

    [Fact]
    public async Task Without_a_role_the_trigger_still_guards_the_journal()
    {
        var open = await database.CreateDatabaseAsync(Cancelled);
        var services = database.Open(open, role: "");
        var store = services.GetRequiredService<IWorkflowStore>();
        await store.MigrateAsync(Cancelled);
        await store.CommitAsync([new SampleInstance().Next()], TimeSpan.FromSeconds(30), Cancelled);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => AsApplicationAsync(services, "DELETE FROM journal"));

        Assert.Contains("append-only", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_not_create_roles_goes_on_without_one()
    {
        var own = await CreateOwnedDatabaseAsync("");
        var store = database.OpenStore(own, database.NewRole());

        await store.MigrateAsync(Cancelled);
        await store.CheckAsync(Cancelled);

        var result = Assert.Single(await store.CommitAsync([new SampleInstance().Next()], TimeSpan.FromSeconds(30), Cancelled));
        Assert.Equal(StepOutcome.Committed, result.Outcome);
    }

    [Fact]
    public async Task A_user_who_may_create_roles_works_under_the_one_that_the_migration_made()
    {
        var own = await CreateOwnedDatabaseAsync("CREATEROLE");
        var role = database.NewRole();
        var services = database.Open(own, role);
        var store = services.GetRequiredService<IWorkflowStore>();
        await Assert.ThrowsAsync<SchemaOutOfDateException>(() => store.CheckAsync(Cancelled));

        await store.MigrateAsync(Cancelled);

        var result = Assert.Single(await store.CommitAsync([new SampleInstance().Next()], TimeSpan.FromSeconds(30), Cancelled));
        Assert.Equal(StepOutcome.Committed, result.Outcome);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => AsApplicationAsync(services, "DELETE FROM journal"));
        Assert.Contains("permission denied", refusal.MessageText, StringComparison.Ordinal);

        // Another process, which migrates nothing, finds the role as well.
        await database.OpenStore(own, role).CheckAsync(Cancelled);
    }

    [Fact]
    public async Task Migrations_of_several_databases_create_the_role_of_their_cluster_at_once()
    {
        var role = database.NewRole();
        var stores = new List<IWorkflowStore>();
        for (var index = 0; index < 6; index++)
            stores.Add(database.OpenStore(await database.CreateDatabaseAsync(Cancelled), role));

        await Task.WhenAll(stores.Select(store => store.MigrateAsync(Cancelled)));

        foreach (var store in stores)
            await store.CheckAsync(Cancelled);
    }

    [Fact]
    public async Task A_server_that_is_away_is_a_reason_to_wait_and_a_missing_table_is_not()
    {
        var away = database.OpenStore("Host=127.0.0.1;Port=1;Username=nobody;Timeout=2");
        var refused = await Assert.ThrowsAnyAsync<NpgsqlException>(() => away.CheckAsync(Cancelled));
        Assert.True(away.IsTransient(refused));

        var empty = database.OpenStore(await database.CreateDatabaseAsync(Cancelled));
        var missing = await Assert.ThrowsAsync<PostgresException>(
            () => empty.CommitAsync([new SampleInstance().Next()], TimeSpan.FromSeconds(30), Cancelled));
        Assert.False(empty.IsTransient(missing));
    }

    [Fact]
    public async Task A_connection_that_the_server_ends_is_a_reason_to_wait()
    {
        var services = database.Open(database.ConnectionString);
        var store = services.GetRequiredService<IWorkflowStore>();
        await store.MigrateAsync(Cancelled);

        var broken = await Assert.ThrowsAnyAsync<Exception>(() => services.GetRequiredService<IDatabase>().TransactAsync(
            async (connection, _, cancellationToken) =>
            {
                var server = ((NpgsqlConnection)connection).ProcessID;
                await PostgresStoreDatabase.ExecuteAsync(
                    database.ConnectionString, $"SELECT pg_terminate_backend({server})", cancellationToken);
                await using var command = connection.CreateCommand();
                command.CommandText = "SELECT 1";
                return await command.ExecuteScalarAsync(cancellationToken);
            },
            Cancelled));

        Assert.True(store.IsTransient(broken), broken.ToString());
        var result = Assert.Single(await store.CommitAsync([new SampleInstance().Next()], TimeSpan.FromSeconds(30), Cancelled));
        Assert.Equal(StepOutcome.Committed, result.Outcome);
    }

    public static TheoryData<string, int> Statements => new()
    {
        { CommitStatement.CommitSql, 37 },
        { CommitStatement.ClassifySql, 6 },
        { OutboxStatements.ClaimDue, 2 },
        { OutboxStatements.NextDue, 0 },
        { OutboxStatements.Complete, 1 },
        { OutboxStatements.Enqueue, 11 },
        { PostgresStore.LoadSql, 1 },
        { PostgresStore.AcceptSql, 23 },
    };

    /// <summary>Plans are made while the tables are empty and kept: a scan in one would cost nothing then and everything later.</summary>
    [Theory]
    [MemberData(nameof(Statements))]
    public async Task Statements_reach_tables_by_index_even_while_they_are_empty(string statement, int parameters)
    {
        var services = database.Open(database.ConnectionString);
        await services.GetRequiredService<IWorkflowStore>().MigrateAsync(Cancelled);
        var arguments = parameters == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("NULL", parameters))})";
        var plan = await services.GetRequiredService<IDatabase>().TransactAsync(
            async (connection, _, cancellationToken) =>
            {
                await using var prepare = connection.CreateCommand();
                prepare.CommandText = $"PREPARE plan AS {statement}";
                await prepare.ExecuteNonQueryAsync(cancellationToken);
                await using var explain = connection.CreateCommand();
                explain.CommandText = $"EXPLAIN EXECUTE plan{arguments}";
                var lines = new List<string>();
                await using (var reader = await explain.ExecuteReaderAsync(cancellationToken))
                {
                    while (await reader.ReadAsync(cancellationToken))
                        lines.Add(reader.GetString(0));
                }

                prepare.CommandText = "DEALLOCATE plan";
                await prepare.ExecuteNonQueryAsync(cancellationToken);
                return string.Join('\n', lines);
            },
            Cancelled);

        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Join", plan, StringComparison.Ordinal);

        // This index also begins with the type, and looks as good as the key's own until the table has been analysed.
        Assert.DoesNotContain("using workflow_type on", plan, StringComparison.Ordinal);
    }

    async Task<string> CreateOwnedDatabaseAsync(string attributes)
    {
        var user = database.NewRole();
        var password = NewId.NextGuid().ToString("N");
        await PostgresStoreDatabase.ExecuteAsync(
            PostgresStoreDatabase.Server, $"CREATE ROLE {user} LOGIN {attributes} PASSWORD '{password}'", Cancelled);
        var owned = await database.CreateDatabaseAsync(Cancelled);
        var builder = new NpgsqlConnectionStringBuilder(owned) { Username = user, Password = password };
        await PostgresStoreDatabase.ExecuteAsync(
            PostgresStoreDatabase.Server, $"ALTER DATABASE {builder.Database} OWNER TO {user}", Cancelled);
        return builder.ConnectionString;
    }

    static Task<int> AsApplicationAsync(IServiceProvider services, string statement) =>
        services.GetRequiredService<IDatabase>().TransactAsync(
            async (connection, _, cancellationToken) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = statement;
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            Cancelled);

    static async Task AssertApprovedAsync(string name, string received, [CallerFilePath] string here = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(here)!, "..", "Approved", name);
        var approved = File.Exists(file + ".approved.txt") ? await File.ReadAllTextAsync(file + ".approved.txt", Cancelled) : "";
        if (approved != received)
            await File.WriteAllTextAsync(file + ".received.txt", received, Cancelled);
        Assert.Equal(approved, received);
    }
}
