using System.Globalization;
using System.Text;
using MassTransit;
using Npgsql;
using Resonance.Engine.Queues;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;

namespace Resonance.FaultyHost;

/// <summary>
/// A process that only receives from a work queue, to be killed. What an item is about, its group and its number there, goes into a table;
/// an item whose receipt has expired meanwhile is left to whoever holds it now.
/// </summary>
static class QueueConsumer
{
    /// <summary>The first argument: <c>consume QUEUE CONSUMERS</c>, with <c>ConnectionStrings__Postgres</c> set.</summary>
    public const string Verb = "consume";

    const string ConsumeSql =
        """
        WITH held AS (
            SELECT 1 FROM resonance.work_item
            WHERE queue = $1 AND id = $2 AND receipt = $3 AND state = 'in_flight' AND visible_at > clock_timestamp() FOR UPDATE)
        INSERT INTO public.consumed (group_id, number, consumer) SELECT $4, $5, $6 FROM held
        """;

    public static async Task RunAsync(string queue, int consumers)
    {
        var connectionString = Environment.GetEnvironmentVariable("ConnectionStrings__Postgres")
            ?? throw new InvalidOperationException("ConnectionStrings__Postgres is missing.");
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddPostgresStore(new PostgresOptions { ConnectionString = connectionString });
        services.AddWorkQueues();
        await using var provider = services.BuildServiceProvider();
        await using var source = NpgsqlDataSource.Create(connectionString);
        var opened = provider.GetRequiredService<WorkQueues>().Open(queue);
        await Task.WhenAll(Enumerable.Range(0, consumers).Select(_ => ConsumeAsync(opened, source)));
    }

    static async Task ConsumeAsync(WorkQueue queue, NpgsqlDataSource source)
    {
        var consumer = NewId.NextGuid();
        while (true)
        {
            foreach (var item in await queue.ReceiveAsync(10, WorkQueue.WaitMax))
            {
                await using (var consume = source.CreateCommand(ConsumeSql))
                {
                    consume.Parameters.Add(new NpgsqlParameter<string> { TypedValue = queue.Name });
                    consume.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.Receipt.ItemId });
                    consume.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.Receipt.Handle });
                    consume.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.GroupId! });
                    consume.Parameters.Add(new NpgsqlParameter<int>
                    {
                        TypedValue = int.Parse(Encoding.UTF8.GetString(item.Body.Span), CultureInfo.InvariantCulture),
                    });
                    consume.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = consumer });
                    if (await consume.ExecuteNonQueryAsync() == 0)
                        continue;
                }

                await queue.DeleteAsync(item.Receipt);
            }
        }
    }
}
