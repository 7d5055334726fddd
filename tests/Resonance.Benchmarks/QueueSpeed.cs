using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Resonance.Engine.Queues;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;

namespace Resonance.Benchmarks;

/// <summary>One round of one queue.</summary>
/// <param name="Variant">Which.</param>
/// <param name="Round">From 1; 0 for a median.</param>
/// <param name="ItemsPerSecond">Sent, received and deleted.</param>
/// <param name="P50Ms">From sent to received.</param>
/// <param name="P99Ms">Likewise.</param>
sealed record QueueRound(string Variant, int Round, double ItemsPerSecond, double P50Ms, double P99Ms);

/// <summary>What work queues do beside a plain table.</summary>
/// <param name="Rounds">Every round, in the order in which they ran.</param>
/// <param name="Medians">One line a variant.</param>
/// <param name="OverPlain">Median throughput over that of the plain table.</param>
/// <param name="OverPlainBatches">Likewise over the plain table in batches.</param>
/// <param name="ManyOverFew">Median throughput with many waiting items over that with few.</param>
/// <param name="Bloat">What the table of items takes when all is done and vacuumed, e.g. "12 MB, 3,000 dead rows".</param>
sealed record QueueResult(
    IReadOnlyList<QueueRound> Rounds, IReadOnlyList<QueueRound> Medians, double OverPlain, double OverPlainBatches, double ManyOverFew,
    string Bloat);

/// <summary>Items of 1 KB through a queue: senders in batches of ten, 16 consumers, 1,000 groups; the variants in turns.</summary>
static class QueueSpeed
{
    const int DefaultItems = 20_000;
    const int Consumers = 16;
    const int Senders = 4;
    const int Groups = 1_000;
    const int Batch = 10;
    const int Few = 1_000;

    public static async Task<QueueResult> MeasureAsync(BenchmarkDatabase database, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var items = options.Workflows ?? DefaultItems;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddPostgresStore(new PostgresOptions { ConnectionString = database.ConnectionString });
        services.AddWorkQueues();
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IWorkflowStore>().MigrateAsync(cancellationToken);
        var queues = provider.GetRequiredService<WorkQueues>();
        await FillAsync(queues.Open("few"), Few, cancellationToken);
        await FillAsync(queues.Open("many"), options.Waiting, cancellationToken);
        await using var one = await OpenPlainAsync(database, 1, cancellationToken);
        await using var ten = await OpenPlainAsync(database, Batch, cancellationToken);
        (string Name, Func<int, Task<QueueRound>> Run)[] variants =
        [
            ("work queue", round => RunAsync("work queue", round, queues.Open("empty"), items, cancellationToken)),
            ("plain table", round => RunPlainAsync("plain table", round, one, items / 4, cancellationToken)),
            ("plain table, batches of 10", round => RunPlainAsync("plain table, batches of 10", round, ten, items, cancellationToken)),
            ($"{Text(Few)} waiting", round => RunAsync($"{Text(Few)} waiting", round, queues.Open("few"), items, cancellationToken)),
            ($"{Text(options.Waiting)} waiting", round => RunAsync($"{Text(options.Waiting)} waiting", round, queues.Open("many"), items, cancellationToken)),
        ];
        foreach (var (_, run) in variants)
            await run(0);

        var rounds = new List<QueueRound>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var (_, run) in variants)
                rounds.Add(await run(round));
        }

        var medians = variants.Select(variant => Median(variant.Name, rounds)).ToArray();
        return new QueueResult(
            rounds, medians, medians[0].ItemsPerSecond / medians[1].ItemsPerSecond, medians[0].ItemsPerSecond / medians[2].ItemsPerSecond,
            medians[4].ItemsPerSecond / medians[3].ItemsPerSecond, await BloatAsync(database, cancellationToken));
    }

    /// <summary>Items that wait behind everything that a round sends: their groups are their own and their priority is the lowest.</summary>
    static async Task FillAsync(WorkQueue queue, int waiting, CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < waiting; sent += WorkQueueLimits.BatchMax)
        {
            await queue.SendAsync(
                [.. Enumerable.Range(sent, Math.Min(WorkQueueLimits.BatchMax, waiting - sent)).Select(number => Item($"w{number % Groups}", 0))],
                cancellationToken);
        }
    }

    static async Task<QueueRound> RunAsync(string name, int round, WorkQueue queue, int items, CancellationToken cancellationToken)
    {
        var waits = new ConcurrentBag<TimeSpan>();
        var left = items;
        var began = TimeProvider.System.GetTimestamp();
        var senders = Enumerable.Range(0, Senders).Select(sender => Task.Run(
            async () =>
            {
                for (var sent = 0; sent < items / Senders; sent += Batch)
                    await queue.SendAsync([.. Enumerable.Range(0, Batch).Select(number => Item($"g{(sender * 7919 + sent + number) % Groups}", 9))], cancellationToken);
            },
            cancellationToken));
        var consumers = Enumerable.Range(0, Consumers).Select(_ => Task.Run(
            async () =>
            {
                while (Volatile.Read(ref left) > 0)
                {
                    var received = await queue.ReceiveAsync(Batch, TimeSpan.FromSeconds(1), cancellationToken: cancellationToken);

                    // What lay there before the round has the lowest priority; when it comes, the round is all but over.
                    var ours = received.Where(item => item.Priority == 9).ToArray();
                    foreach (var item in received.Except(ours))
                        await queue.ChangeVisibilityAsync(item.Receipt, TimeSpan.Zero, cancellationToken);
                    if (ours.Length == 0)
                        continue;
                    var now = TimeProvider.System.GetUtcNow();
                    foreach (var item in ours)
                        waits.Add(now - item.EnqueuedAt);
                    await queue.DeleteAsync([.. ours.Select(item => item.Receipt)], cancellationToken);
                    Interlocked.Add(ref left, -ours.Length);
                }
            },
            cancellationToken));
        await Task.WhenAll(senders.Concat(consumers).ToArray());
        return Figures(name, round, items, TimeProvider.System.GetElapsedTime(began), waits);
    }

    static async Task<QueueRound> RunPlainAsync(string name, int round, PlainQueue queue, int items, CancellationToken cancellationToken)
    {
        var waits = new ConcurrentBag<TimeSpan>();
        var left = items;
        var began = TimeProvider.System.GetTimestamp();
        var senders = Enumerable.Range(0, Senders).Select(_ => Task.Run(
            async () =>
            {
                for (var sent = 0; sent < items / Senders; sent += Batch)
                    await queue.SendAsync([.. Enumerable.Range(0, Math.Min(Batch, items / Senders - sent)).Select(_ => Body)], cancellationToken);
            },
            cancellationToken));
        var consumers = Enumerable.Range(0, Consumers).Select(_ => Task.Run(
            async () =>
            {
                while (Volatile.Read(ref left) > 0)
                {
                    var waited = await queue.HandleAsync(cancellationToken);
                    if (waited.Count == 0)
                        await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
                    foreach (var wait in waited)
                        waits.Add(wait);
                    Interlocked.Add(ref left, -waited.Count);
                }
            },
            cancellationToken));
        await Task.WhenAll(senders.Concat(consumers).ToArray());
        return Figures(name, round, items, TimeProvider.System.GetElapsedTime(began), waits);
    }

    static readonly byte[] Body = Encoding.ASCII.GetBytes(new string('x', 1024));

    static WorkItem Item(string group, int priority) => new() { Body = Body, GroupId = group, Priority = priority };

    static async Task<PlainQueue> OpenPlainAsync(BenchmarkDatabase database, int batch, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 1 };
        var queue = new PlainQueue(NpgsqlDataSource.Create(settings), batch);
        await queue.CreateAsync(cancellationToken);
        return queue;
    }

    static async Task<string> BloatAsync(BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_size_pretty(pg_total_relation_size(relid)) || ', ' || n_live_tup || ' live and ' || n_dead_tup || ' dead rows, '
                || autovacuum_count || ' vacuums'
            FROM pg_stat_user_tables WHERE relname = 'work_item'
            """,
            connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    static QueueRound Figures(string name, int round, int items, TimeSpan elapsed, IEnumerable<TimeSpan> waits)
    {
        var sorted = waits.Order().ToArray();
        return new QueueRound(
            name, round, items / elapsed.TotalSeconds, sorted.Percentile(50).TotalMilliseconds, sorted.Percentile(99).TotalMilliseconds);
    }

    static QueueRound Median(string variant, List<QueueRound> rounds)
    {
        var own = rounds.Where(round => round.Variant == variant).ToArray();
        return new QueueRound(
            variant, 0, own.Select(round => round.ItemsPerSecond).Median(), own.Select(round => round.P50Ms).Median(),
            own.Select(round => round.P99Ms).Median());
    }

    static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
