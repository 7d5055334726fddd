using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Resonance.Audit.Ledger;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Trail;

/// <summary>Reads the trail: the steps as they were witnessed, with the journal's own words for them. Reads only.</summary>
/// <remarks>A store that cannot be reached surfaces as the driver's exception.</remarks>
public sealed class AuditTrailReader
{
    /// <summary>Most steps that one page may hold.</summary>
    public const int LimitMax = 200;

    const long LongestStretch = 320_000;

    // The search for something rare is handed back to the caller after this.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // So far may the clock of an engine be ahead of that of the audit.
    static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    const string Columns =
        """
        s.leaf_index, s.workflow_id, s.sequence, s.type, s.key, s.event, s.from_state, s.to_state, s.kinds, s.outcome, s.occurred_at,
        s.trace_id, s.hash, s.source,
        coalesce((SELECT max(a.through_sequence) FROM archived a WHERE a.workflow_id = s.workflow_id), 0)
        """;

    static readonly StoreText LastSql = new("SELECT leaf_index FROM step ORDER BY leaf_index DESC LIMIT 1");

    static readonly StoreText WitnessedSql = new("SELECT witnessed_at FROM step WHERE leaf_index = @position");

    static readonly StoreText KeySql = new("SELECT workflow_id FROM step WHERE key = @key AND sequence = 1 ORDER BY leaf_index LIMIT 20");

    readonly AuditDatabase _database;
    readonly JournalScan _journal;
    readonly TimeProvider _clock;

    internal AuditTrailReader(AuditDatabase database, JournalScan journal, TimeProvider clock)
    {
        _database = database;
        _journal = journal;
        _clock = clock;
    }

    /// <summary>Steps that are looked through first; each stretch after it is twice as long.</summary>
    internal long FirstStretch { get; init; } = 20_000;

    /// <summary>The kinds of journal entries that this build knows, in alphabetical order.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        .. typeof(JournalEntry).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(entry => (string)entry.TypeDiscriminator!)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A page of steps, the one that was witnessed last first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="limit">1 to <see cref="LimitMax"/>.</param>
    /// <param name="before">Only what lies before this position; null for the newest.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    public async Task<TrailPage> ReadAsync(TrailFilter filter, int limit, long? before, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);
        var found = await _database.ReadAsync(
            async (session, token) => filter.Workflow is { } workflow
                ? await OfWorkflowAsync(session, await WorkflowsAsync(session, workflow, token), filter, limit, before, token)
                : await BackwardsAsync(session, filter, limit, before, token),
            cancellationToken);
        return found with { Steps = await WithJournalAsync(found.Steps, cancellationToken) };
    }

    /// <summary>The position of the step that was witnessed last; -1 when there is none.</summary>
    public Task<long> LastAsync(CancellationToken cancellationToken) => _database.ReadAsync(LastAsync, cancellationToken);

    /// <summary>The steps of a stretch that are asked for, in the order in which they were witnessed.</summary>
    internal async Task<IReadOnlyList<TrailStep>> ReadForwardAsync(
        TrailFilter filter, long after, long to, CancellationToken cancellationToken)
    {
        var (where, parameters) = Where(filter);
        var sql = $"SELECT {Columns} FROM step s WHERE s.leaf_index > @after AND s.leaf_index <= @last{where} ORDER BY s.leaf_index";
        var steps = await _database.ReadAsync(
            (session, token) => ListAsync(session, sql, [("@after", after), ("@last", to), .. parameters], token), cancellationToken);

        // By its key, and not by what the key means now: the instance may come while somebody listens.
        return await WithJournalAsync([.. steps.Where(filter.Matches)], cancellationToken);
    }

    static Task<long> LastAsync(AuditSession session, CancellationToken cancellationToken) =>
        NumberOrAsync(session, LastSql, -1, cancellationToken);

    static async Task<long> NumberOrAsync(AuditSession session, StoreText sql, long otherwise, CancellationToken cancellationToken) =>
        await session.QueryOneAsync(sql, row => (long?)row.Number(0), cancellationToken) ?? otherwise;

    /// <summary>An instance has few steps, and an index finds them.</summary>
    static async Task<TrailPage> OfWorkflowAsync(
        AuditSession session, IReadOnlyList<Guid> workflows, TrailFilter filter, int limit, long? before, CancellationToken cancellationToken)
    {
        if (workflows.Count == 0)
            return new TrailPage([], null);

        var (where, parameters) = Where(filter);
        var names = workflows.Select((id, index) => (Name: $"@workflow{index}", Value: (object?)id)).ToArray();
        var sql = $"""
            SELECT {Columns} FROM step s
            WHERE s.workflow_id IN ({string.Join(", ", names.Select(id => id.Name))}) AND s.leaf_index < @before{where}
            ORDER BY s.leaf_index DESC LIMIT @most
            """;
        var steps = await ListAsync(
            session, sql, [("@before", before ?? long.MaxValue), ("@most", limit + 1L), .. names, .. parameters], cancellationToken);
        return PageOf(steps, limit, null);
    }

    /// <summary>
    /// Goes back stretch by stretch: what is asked for may be anywhere, and no index is worth its price to whoever appends. It ends where the
    /// steps were witnessed before they are wanted to have been taken.
    /// </summary>
    async Task<TrailPage> BackwardsAsync(
        AuditSession session, TrailFilter filter, int limit, long? before, CancellationToken cancellationToken)
    {
        var (where, parameters) = Where(filter);
        var sql = $"""
            SELECT {Columns} FROM step s WHERE s.leaf_index < @before AND s.leaf_index >= @low{where}
            ORDER BY s.leaf_index DESC LIMIT @most
            """;
        var started = _clock.GetTimestamp();
        var found = new List<TrailStep>();
        var high = Math.Min(before ?? long.MaxValue, await LastAsync(session, cancellationToken) + 1);
        for (var stretch = FirstStretch; high > 0; stretch = Math.Min(stretch * 2, LongestStretch))
        {
            var low = Math.Max(0, high - stretch);
            found.AddRange(await ListAsync(
                session, sql, [("@before", high), ("@low", low), ("@most", limit + 1L - found.Count), .. parameters], cancellationToken));
            if (found.Count > limit)
                break;

            high = low;
            if (await WasBeforeAsync(session, low, filter.From, cancellationToken))
                return PageOf(found, limit, null);
            if (_clock.GetElapsedTime(started) > Patience)
                break;
        }

        return PageOf(found, limit, high > 0 ? high : null);
    }

    static async Task<bool> WasBeforeAsync(AuditSession session, long position, DateTimeOffset? from, CancellationToken cancellationToken) =>
        from is { } first
        && await session.QueryOneAsync(WitnessedSql, row => (DateTimeOffset?)row.Time(0), cancellationToken, ("@position", position)) is { } witnessed
        && witnessed < first - ClockTolerance;

    static TrailPage PageOf(List<TrailStep> found, int limit, long? next)
    {
        if (found.Count <= limit)
            return new TrailPage(found, next);

        found.RemoveRange(limit, found.Count - limit);
        return new TrailPage(found, found[^1].Position);
    }

    static async Task<IReadOnlyList<Guid>> WorkflowsAsync(AuditSession session, string workflow, CancellationToken cancellationToken)
    {
        var ids = new List<Guid>();
        if (Guid.TryParse(workflow, out var id))
            ids.Add(id);

        // Workflows of different types may have a key in common.
        await foreach (var named in session.QueryAsync(KeySql, row => row.Id(0), cancellationToken, ("@key", workflow)))
            ids.Add(named);
        return ids;
    }

    static (string Sql, (string Name, object? Value)[] Parameters) Where(TrailFilter filter)
    {
        (string Sql, string Name, object? Value)[] conditions =
        [
            ("s.type = @type", "@type", filter.Type),
            ("(',' || s.kinds || ',') LIKE @kind", "@kind", filter.Kind is { } kind ? $"%,{kind},%" : null),
            ("s.occurred_at >= @from", "@from", filter.From),
            ("s.occurred_at < @to_time", "@to_time", filter.To),
        ];
        var used = conditions.Where(condition => condition.Value is not null).ToArray();
        return (string.Concat(used.Select(condition => $" AND {condition.Sql}")), [.. used.Select(condition => (condition.Name, condition.Value))]);
    }

    static async Task<List<TrailStep>> ListAsync(
        AuditSession session, string sql, (string Name, object? Value)[] parameters, CancellationToken cancellationToken)
    {
        var steps = new List<TrailStep>();
        await foreach (var step in session.QueryAsync(new StoreText(sql), TrailStep.Read, cancellationToken, parameters))
            steps.Add(step);
        return steps;
    }

    async Task<IReadOnlyList<TrailStep>> WithJournalAsync(IReadOnlyList<TrailStep> steps, CancellationToken cancellationToken)
    {
        if (steps.Count == 0)
            return steps;

        var rows = new Dictionary<(Guid WorkflowId, long Sequence), JournalRow>();
        await foreach (var found in _journal.ReadAsync([.. steps.Select(step => (step.WorkflowId, step.Sequence))], cancellationToken))
            rows[(found.Row.WorkflowId, found.Row.Sequence)] = found.Row;
        return [.. steps.Select(step => rows.TryGetValue((step.WorkflowId, step.Sequence), out var row) ? WithJournal(step, row) : step)];
    }

    static TrailStep WithJournal(TrailStep step, JournalRow row)
    {
        var told = step with { Journal = JournalAgreement.Changed };
        try
        {
            if (ChainHash.Compute(row).AsSpan().SequenceEqual(step.Hash))
                told = told with { Journal = JournalAgreement.AsWitnessed };
            return told with { Lines = [.. AuditTrail.Lines(step.Key, row)] };
        }
        catch (JsonException)
        {
            // Somebody has edited the row, or a later build wrote it: it has no words here, and its hash says which it is.
            return told;
        }
    }
}
