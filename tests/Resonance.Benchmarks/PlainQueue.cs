using Npgsql;
using NpgsqlTypes;

namespace Resonance.Benchmarks;

/// <summary>The queue table as it stands in every handbook: the oldest row is locked, SKIP LOCKED, and deleted by the commit that handled it.</summary>
/// <remarks>It knows neither groups nor priority nor time-outs; what it does is the least that any queue in a table does.</remarks>
sealed class PlainQueue(NpgsqlDataSource source, int batch) : IAsyncDisposable
{
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            """
            DROP TABLE IF EXISTS public.plain_queue;
            CREATE TABLE public.plain_queue (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sent_at timestamptz NOT NULL, body bytea NOT NULL)
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task SendAsync(IReadOnlyList<byte[]> bodies, CancellationToken cancellationToken)
    {
        foreach (var part in bodies.Chunk(batch))
        {
            await using var command = source.CreateCommand(
                "INSERT INTO public.plain_queue (sent_at, body) SELECT clock_timestamp(), b FROM unnest($1::bytea[]) b");
            command.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = part, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <returns>How long each item had waited; none when there is nothing to do.</returns>
    public async Task<IReadOnlyList<TimeSpan>> HandleAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ids = new List<long>();
        var waited = new List<TimeSpan>();
        await using (var take = new NpgsqlCommand(
            "SELECT id, clock_timestamp() - sent_at, body FROM public.plain_queue ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED", connection))
        {
            take.Parameters.Add(new NpgsqlParameter<int> { TypedValue = batch });
            await using var reader = await take.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetInt64(0));
                waited.Add(reader.GetTimeSpan(1));
                _ = reader.GetFieldValue<byte[]>(2);
            }
        }

        if (ids.Count == 0)
            return waited;
        await using (var delete = new NpgsqlCommand("DELETE FROM public.plain_queue WHERE id = ANY($1)", connection))
        {
            delete.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. ids], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return waited;
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
