using System.Text.Json;
using Resonance.Audit.Ledger;
using Resonance.Contracts.Audit;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Projections;

/// <summary>
/// Keeps the figures of the steps that are witnessed, in the same transaction: tables <c>projection</c>, <c>minute_figure</c>,
/// <c>transition_figure</c> and <c>state_count</c>. The audit's role needs SELECT, INSERT, UPDATE and DELETE on the four.
/// </summary>
/// <remarks>
/// Whoever calls holds the lock on the ledger's row until the end of the transaction: then nobody else changes what is read here before it
/// is written, and nobody waits for another in a circle. Counts only ever grow by what a step adds, so steps may come in any order. A
/// statement a table does it, however many steps there are; histograms are read first, since no store can add them up.
/// </remarks>
sealed class StepProjections
{
    static readonly StoreText CurrentSql = new("SELECT generation FROM projection WHERE id = 1");

    // SQLite would begin with all minutes that there are, and look each up in the list, if CROSS did not tell it not to.
    static readonly StoreText DurationsSql = new(
        Postgres:
        """
        SELECT m.type, m.minute, m.durations
        FROM jsonb_to_recordset(@minutes::jsonb) AS r(type text, minute bigint)
        JOIN minute_figure m ON m.generation = @generation AND m.minute = r.minute AND m.type = r.type
        WHERE m.durations IS NOT NULL
        """,
        Sqlite:
        """
        SELECT m.type, m.minute, m.durations
        FROM json_each(@minutes) r
        CROSS JOIN minute_figure m
            ON m.generation = @generation AND m.minute = r.value ->> 'minute' AND m.type = r.value ->> 'type'
        WHERE m.durations IS NOT NULL
        """);

    static readonly StoreText MinutesSql = new(
        Postgres:
        """
        INSERT INTO minute_figure AS m (
            generation, type, minute, steps, started, completed, failed, cancelled, retries, compensations, incidents, rejected, durations)
        SELECT @generation, r.type, r.minute, r.steps, r.started, r.completed, r.failed, r.cancelled, r.retries, r.compensations,
               r.incidents, r.rejected, decode(r.durations, 'hex')
        FROM jsonb_to_recordset(@minutes::jsonb) AS r(
            type text, minute bigint, steps bigint, started bigint, completed bigint, failed bigint, cancelled bigint, retries bigint,
            compensations bigint, incidents bigint, rejected bigint, durations text)
        """ + AddMinutes,
        Sqlite:
        """
        INSERT INTO minute_figure AS m (
            generation, type, minute, steps, started, completed, failed, cancelled, retries, compensations, incidents, rejected, durations)
        SELECT @generation, r.value ->> 'type', r.value ->> 'minute', r.value ->> 'steps', r.value ->> 'started',
               r.value ->> 'completed', r.value ->> 'failed', r.value ->> 'cancelled', r.value ->> 'retries', r.value ->> 'compensations',
               r.value ->> 'incidents', r.value ->> 'rejected', unhex(r.value ->> 'durations')
        FROM json_each(@minutes) r WHERE true
        """ + AddMinutes);

    static readonly StoreText StatesSql = new(
        Postgres:
        """
        INSERT INTO state_count AS s (generation, type, state, instances)
        SELECT @generation, r.type, r.state, r.change FROM jsonb_to_recordset(@states::jsonb) AS r(type text, state text, change bigint)
        ON CONFLICT (generation, type, state) DO UPDATE SET instances = s.instances + excluded.instances
        """,
        Sqlite:
        """
        INSERT INTO state_count AS s (generation, type, state, instances)
        SELECT @generation, r.value ->> 'type', r.value ->> 'state', r.value ->> 'change' FROM json_each(@states) r WHERE true
        ON CONFLICT (generation, type, state) DO UPDATE SET instances = s.instances + excluded.instances
        """);

    const string AddMinutes =
        """

        ON CONFLICT (generation, minute, type) DO UPDATE SET
            steps = m.steps + excluded.steps, started = m.started + excluded.started, completed = m.completed + excluded.completed,
            failed = m.failed + excluded.failed, cancelled = m.cancelled + excluded.cancelled, retries = m.retries + excluded.retries,
            compensations = m.compensations + excluded.compensations, incidents = m.incidents + excluded.incidents,
            rejected = m.rejected + excluded.rejected, durations = coalesce(excluded.durations, m.durations)
        """;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Counts steps that are new to the ledger.</summary>
    /// <param name="session">The transaction that appends them.</param>
    /// <param name="steps">The steps, none of which was ever counted.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    public async Task ApplyAsync(AuditSession session, IReadOnlyList<CommittedStep> steps, CancellationToken cancellationToken)
    {
        if (steps.Count == 0)
            return;

        var generation = await session.QueryOneAsync(CurrentSql, row => row.Number(0), cancellationToken);
        await ApplyAsync(session, generation, steps, cancellationToken);
    }

    /// <summary>Counts steps in one generation of the figures, which need not be the one that is read; then it needs no lock.</summary>
    internal static async Task ApplyAsync(
        AuditSession session, long generation, IReadOnlyList<CommittedStep> steps, CancellationToken cancellationToken)
    {
        var tally = new StepTally(steps);
        var stored = await StoredDurationsAsync(session, generation, tally, cancellationToken);
        var histogram = new DurationHistogram();
        var minutes = tally.Minutes.Select(minute => new MinuteChange(minute.Key, minute.Value)
        {
            Durations = minute.Value.DurationsWith(histogram, stored.GetValueOrDefault(minute.Key)),
        });
        await session.ExecuteAsync(
            MinutesSql, cancellationToken, ("@generation", generation), ("@minutes", JsonSerializer.Serialize(minutes, Json)));

        await TransitionProjection.ApplyAsync(session, generation, tally, histogram, cancellationToken);

        var states = tally.States.Select(state => new { state.Where.Type, state.Where.State, state.Change }).ToArray();
        if (states.Length > 0)
        {
            await session.ExecuteAsync(
                StatesSql, cancellationToken, ("@generation", generation), ("@states", JsonSerializer.Serialize(states, Json)));
        }
    }

    static async Task<Dictionary<(string Type, DateTimeOffset Minute), byte[]>> StoredDurationsAsync(
        AuditSession session, long generation, StepTally tally, CancellationToken cancellationToken)
    {
        var stored = new Dictionary<(string Type, DateTimeOffset Minute), byte[]>();
        var wanted = tally.Minutes.Where(minute => minute.Value.Durations.Count > 0)
            .Select(minute => new { minute.Key.Type, Minute = AuditRow.Microseconds(minute.Key.Minute) }).ToArray();
        if (wanted.Length == 0)
            return stored;

        var rows = session.QueryAsync(
            DurationsSql, row => (Type: row.Text(0), Minute: row.Time(1), Durations: row.Bytes(2)), cancellationToken,
            ("@generation", generation), ("@minutes", JsonSerializer.Serialize(wanted, Json)));
        await foreach (var row in rows)
            stored.Add((row.Type, row.Minute), row.Durations);
        return stored;
    }

    sealed class MinuteChange((string Type, DateTimeOffset Minute) place, MinuteCounts counts)
    {
        public string Type => place.Type;

        public long Minute => AuditRow.Microseconds(place.Minute);

        public long Steps => counts.Steps;

        public long Started => counts.Started;

        public long Completed => counts.Completed;

        public long Failed => counts.Failed;

        public long Cancelled => counts.Cancelled;

        public long Retries => counts.Retries;

        public long Compensations => counts.Compensations;

        public long Incidents => counts.Incidents;

        public long Rejected => counts.Rejected;

        public string? Durations { get; init; }
    }
}
