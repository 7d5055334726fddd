using System.Text.Json;
using Resonance.Audit.Ledger;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Projections;

/// <summary>
/// Keeps what became of instances in each state, as part of <see cref="StepProjections"/> and under its conditions: table
/// <c>transition_figure</c>.
/// </summary>
static class TransitionProjection
{
    // SQLite would begin with all minutes that there are, and look each up in the list, if CROSS did not tell it not to.
    static readonly StoreText StaysSql = new(
        Postgres:
        """
        SELECT t.type, t.minute, t.from_state, t.event, t.to_state, t.stays
        FROM jsonb_to_recordset(@ways::jsonb) AS r(type text, minute bigint, "from" text, event text, "to" text)
        JOIN transition_figure t ON t.generation = @generation AND t.type = r.type AND t.minute = r.minute
            AND t.from_state = r."from" AND t.event = r.event AND t.to_state = r."to"
        WHERE t.stays IS NOT NULL
        """,
        Sqlite:
        """
        SELECT t.type, t.minute, t.from_state, t.event, t.to_state, t.stays
        FROM json_each(@ways) r
        CROSS JOIN transition_figure t ON t.generation = @generation AND t.type = r.value ->> 'type' AND t.minute = r.value ->> 'minute'
            AND t.from_state = r.value ->> 'from' AND t.event = r.value ->> 'event' AND t.to_state = r.value ->> 'to'
        WHERE t.stays IS NOT NULL
        """);

    static readonly StoreText AddSql = new(
        Postgres:
        """
        INSERT INTO transition_figure AS t (generation, type, minute, from_state, event, to_state, steps, failed, retried, stays)
        SELECT @generation, r.type, r.minute, r."from", r.event, r."to", r.steps, r.failed, r.retried, decode(r.stays, 'hex')
        FROM jsonb_to_recordset(@ways::jsonb) AS r(
            type text, minute bigint, "from" text, event text, "to" text, steps bigint, failed bigint, retried bigint, stays text)
        """ + Add,
        Sqlite:
        """
        INSERT INTO transition_figure AS t (generation, type, minute, from_state, event, to_state, steps, failed, retried, stays)
        SELECT @generation, r.value ->> 'type', r.value ->> 'minute', r.value ->> 'from', r.value ->> 'event', r.value ->> 'to',
               r.value ->> 'steps', r.value ->> 'failed', r.value ->> 'retried', unhex(r.value ->> 'stays')
        FROM json_each(@ways) r WHERE true
        """ + Add);

    const string Add =
        """

        ON CONFLICT (generation, type, minute, from_state, event, to_state) DO UPDATE SET
            steps = t.steps + excluded.steps, failed = t.failed + excluded.failed, retried = t.retried + excluded.retried,
            stays = coalesce(excluded.stays, t.stays)
        """;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="session">The transaction.</param>
    /// <param name="generation">The generation of the figures.</param>
    /// <param name="tally">The steps.</param>
    /// <param name="histogram">Used for sums; what is in it is forgotten.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    public static async Task ApplyAsync(
        AuditSession session, long generation, StepTally tally, DurationHistogram histogram, CancellationToken cancellationToken)
    {
        if (tally.Transitions.Count == 0)
            return;

        var stored = await StoredStaysAsync(session, generation, tally, cancellationToken);
        var ways = tally.Transitions.Select(way => new
        {
            way.Key.Type,
            Minute = AuditRow.Microseconds(way.Key.Minute),
            way.Key.From,
            way.Key.Event,
            way.Key.To,
            way.Value.Steps,
            way.Value.Failed,
            way.Value.Retried,
            Stays = way.Value.StaysWith(histogram, stored.GetValueOrDefault(way.Key)),
        });
        await session.ExecuteAsync(AddSql, cancellationToken, ("@generation", generation), ("@ways", JsonSerializer.Serialize(ways, Json)));
    }

    static async Task<Dictionary<TransitionPlace, byte[]>> StoredStaysAsync(
        AuditSession session, long generation, StepTally tally, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<TransitionPlace, byte[]>();
        var wanted = tally.Transitions.Where(way => way.Value.Stays.Count > 0)
            .Select(way => new { way.Key.Type, Minute = AuditRow.Microseconds(way.Key.Minute), way.Key.From, way.Key.Event, way.Key.To })
            .ToArray();
        if (wanted.Length == 0)
            return stored;

        var rows = session.QueryAsync(
            StaysSql,
            row => (Place: new TransitionPlace(row.Text(0), row.Time(1), row.Text(2), row.Text(3), row.Text(4)), Stays: row.Bytes(5)),
            cancellationToken, ("@generation", generation), ("@ways", JsonSerializer.Serialize(wanted, Json)));
        await foreach (var (place, stays) in rows)
            stored.Add(place, stays);
        return stored;
    }
}
