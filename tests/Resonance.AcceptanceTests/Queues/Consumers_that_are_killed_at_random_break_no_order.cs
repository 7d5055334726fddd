using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Resonance.AcceptanceTests.Support;
using Resonance.Engine.Queues;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;
using Xunit;

namespace Resonance.AcceptanceTests.Queues;

/// <summary>Eight consumers in four processes, killed at random, over one work queue with many groups.</summary>
/// <remarks>
/// By default over 2,000 items; <c>RESONANCE_CHAOS=full</c> makes them 100,000 in 1,000 groups. The victims and when they die follow from
/// the seed, which is printed.
/// </remarks>
public sealed class Consumers_that_are_killed_at_random_break_no_order(Servers servers)
{
    const string Queue = "chaos";
    const int Processes = 4;
    const int ConsumersOfAProcess = 2;
    const int Kills = 6;

    static bool IsFull => Environment.GetEnvironmentVariable("RESONANCE_CHAOS") == "full";

    [Fact]
    public async Task Within_a_group_everything_is_consumed_in_its_order_and_nothing_is_lost()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var (items, groups) = IsFull ? (100_000, 1_000) : (2_000, 200);
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using (var services = Services(database))
        {
            await services.GetRequiredService<IWorkflowStore>().MigrateAsync(cancellationToken);
            await SendAsync(services.GetRequiredService<WorkQueues>(), items, groups, cancellationToken);
        }

        await ExecuteAsync(
            source,
            """
            CREATE TABLE public.consumed (
                place bigint GENERATED ALWAYS AS IDENTITY, group_id text NOT NULL, number integer NOT NULL, consumer uuid NOT NULL);
            """,
            cancellationToken);

#pragma warning disable CA5394 // Chance for a test, with a seed that is told.
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"Seed {seed}");
        var chance = new Random(seed);
        var running = Enumerable.Range(0, Processes).Select(_ => Start(database)).ToList();
        try
        {
            for (var kill = 1; kill <= Kills; kill++)
            {
                var until = (long)items * kill / (Kills + 1);
                await Eventually.SeeAsync(
                    token => CountAsync(source, token), count => count >= until, cancellationToken, TimeSpan.FromMinutes(5));
                var victim = chance.Next(Processes);
#pragma warning restore CA5394
                await EndAsync(running[victim], cancellationToken);
                running[victim] = Start(database);
            }

            await Eventually.SeeAsync(
                token => ScalarAsync(source, "SELECT count(*) FROM resonance.work_item", token), left => left == 0, cancellationToken,
                TimeSpan.FromMinutes(5));
        }
        finally
        {
            foreach (var process in running)
                await EndAsync(process, CancellationToken.None);
        }

        Assert.Equal(items, await ScalarAsync(source, "SELECT count(DISTINCT (group_id, number)) FROM public.consumed", cancellationToken));
        Assert.Equal(0, await ScalarAsync(
            source,
            """
            SELECT count(*) FROM (
                SELECT number, max(number) OVER (PARTITION BY group_id ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                FROM public.consumed) c
            WHERE number <> coalesce(before, -1) + 1 AND number IS DISTINCT FROM before
            """,
            cancellationToken));
    }

    static ServiceProvider Services(TestDatabase database)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddPostgresStore(new PostgresOptions { ConnectionString = database.ConnectionString });
        services.AddWorkQueues();
        return services.BuildServiceProvider();
    }

    static async Task SendAsync(WorkQueues queues, int items, int groups, CancellationToken cancellationToken)
    {
        // What a consumer held when it was killed comes back soon; a slow machine must not take it for dead, though.
        await queues.Store.DeclareAsync(Queue, new WorkQueueSettings { VisibilityTimeout = TimeSpan.FromSeconds(4) }, cancellationToken);
        var queue = queues.Open(Queue);
        foreach (var batch in Enumerable.Range(0, items).Chunk(WorkQueueLimits.BatchMax))
        {
            await queue.SendAsync(
                [
                    .. batch.Select(item => new WorkItem
                    {
                        GroupId = string.Create(CultureInfo.InvariantCulture, $"group-{item % groups}"),
                        Body = Encoding.UTF8.GetBytes((item / groups).ToString(CultureInfo.InvariantCulture)),
                    }),
                ],
                cancellationToken);
        }
    }

    static Process Start(TestDatabase database)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", HostBuild.FaultyAssembly, "consume", Queue, ConsumersOfAProcess.ToString(CultureInfo.InvariantCulture) },
            WorkingDirectory = Path.GetDirectoryName(HostBuild.FaultyAssembly),
        };
        start.Environment["ConnectionStrings__Postgres"] = database.ConnectionString;
        return Process.Start(start)!;
    }

    static async Task EndAsync(Process process, CancellationToken cancellationToken)
    {
        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
        process.Dispose();
    }

    static Task<long> CountAsync(NpgsqlDataSource source, CancellationToken cancellationToken) =>
        ScalarAsync(source, "SELECT count(*) FROM public.consumed", cancellationToken);

    static async Task<long> ScalarAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    static async Task ExecuteAsync(NpgsqlDataSource source, string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
