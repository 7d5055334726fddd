using Npgsql;
using Xunit;

namespace Resonance.AcceptanceTests.Support;

public sealed class TestDatabaseTests(Servers servers)
{
    [Fact]
    public async Task Each_test_has_a_database_of_its_own()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var one = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var other = await TestDatabase.CreateAsync(servers, cancellationToken);

        await one.ScalarAsync<object>("create table mine (id int)", cancellationToken);

        Assert.Equal("mine", await one.ScalarAsync<string>("select to_regclass('mine')::text", cancellationToken));
        Assert.Null(await other.ScalarAsync<string>("select to_regclass('mine')::text", cancellationToken));
    }

    [Fact]
    public async Task The_database_is_dropped_even_while_somebody_is_connected()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var forgotten = new NpgsqlConnection(database.ConnectionString);
        await forgotten.OpenAsync(cancellationToken);

        await database.DisposeAsync();

        await using var witness = await TestDatabase.CreateAsync(servers, cancellationToken);
        var left = await witness.ScalarAsync<long>(
            $"select count(*) from pg_database where datname = '{database.Name}'", cancellationToken);
        Assert.Equal(0, left);
    }

    [Fact]
    public async Task Statements_are_counted_by_the_server()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await database.ScalarAsync<object>("create extension pg_stat_statements", cancellationToken);
        await database.ScalarAsync<int>("select 40 + 2 as counted", cancellationToken);

        var calls = await database.ScalarAsync<long>(
            "select sum(calls)::bigint from pg_stat_statements where query like '%as counted' "
            + "and dbid = (select oid from pg_database where datname = current_database())",
            cancellationToken);

        Assert.Equal(1, calls);
    }
}
