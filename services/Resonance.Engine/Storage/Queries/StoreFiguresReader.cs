using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Storage.Queries;

/// <summary>Counts what a dashboard watches in the store. Each count goes by an index and touches little but what it counts.</summary>
sealed class StoreFiguresReader(IDbContextFactory<ReadContext> contexts, TimeProvider clock)
{
    // A timer that lies far off is not looked at: what is due was put off by a lease or a failed attempt at most.
    const string PostgresOutbox =
        """
        SELECT count(*), coalesce(extract(epoch FROM now() - min(due_at)) * 1000000, 0)::bigint,
               (SELECT count(*) FROM resonance.outbox WHERE set_aside_at IS NOT NULL)
        FROM resonance.outbox
        WHERE set_aside_at IS NULL AND available_at <= now() + @put_off * interval '1 microsecond' AND due_at <= now()
        """;

    const string SqliteOutbox =
        """
        SELECT count(*), coalesce(@now - min(due_at), 0), (SELECT count(*) FROM outbox WHERE set_aside_at IS NOT NULL)
        FROM outbox WHERE set_aside_at IS NULL AND available_at <= @now + @put_off AND due_at <= @now
        """;

    const string PostgresSuspended = "SELECT type, count(*) FROM resonance.workflow WHERE status = 'suspended' GROUP BY type";

    const string SqliteSuspended = "SELECT type, count(*) FROM workflow WHERE status = 'suspended' GROUP BY type";

    /// <summary>Counts now.</summary>
    /// <param name="putOff">The longest that a message which is due may be put off: by a lease, or by the wait after a failed attempt.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    public async Task<StoreFigures> ReadAsync(TimeSpan putOff, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var postgres = context.Database.IsNpgsql();
        await context.Database.OpenConnectionAsync(cancellationToken);
        var connection = context.Database.GetDbConnection();

        await using var outbox = connection.CreateCommand();
        outbox.CommandText = postgres ? PostgresOutbox : SqliteOutbox;
        Add(outbox, "@put_off", (long)putOff.TotalMicroseconds);
        if (!postgres)
            Add(outbox, "@now", (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        long due, oldest, aside;
        await using (var reader = await outbox.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (due, oldest, aside) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        }

        var suspended = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var workflows = connection.CreateCommand();
        workflows.CommandText = postgres ? PostgresSuspended : SqliteSuspended;
        await using (var reader = await workflows.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                suspended[reader.GetString(0)] = reader.GetInt64(1);
        }

        return new StoreFigures(due, TimeSpan.FromMicroseconds(Math.Max(0, oldest)), aside, suspended);
    }

    static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
