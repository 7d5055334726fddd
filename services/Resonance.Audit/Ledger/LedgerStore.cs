using System.Text.Json;
using Resonance.Audit.Merkle;
using Resonance.Audit.Projections;
using Resonance.Contracts.Audit;
using Resonance.Engine.Telemetry;

namespace Resonance.Audit.Ledger;

/// <summary>
/// Appends steps to the ledger: each once, in one order for all. Whoever appends locks the ledger's row until its transaction ends, so two
/// audit processes take turns and neither can work on what the other has overtaken.
/// </summary>
public sealed class LedgerStore
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    static readonly StoreText Lock = new(
        "SELECT size, frontier FROM ledger WHERE id = 1 FOR UPDATE", "SELECT size, frontier FROM ledger WHERE id = 1");

    static readonly StoreText Known = new(
        Postgres:
        """
        SELECT s.workflow_id, s.sequence, s.hash
        FROM jsonb_to_recordset(@steps::jsonb) AS n("workflowId" uuid, sequence bigint)
        JOIN step s ON s.workflow_id = n."workflowId" AND s.sequence = n.sequence
        """,
        Sqlite:
        """
        SELECT s.workflow_id, s.sequence, s.hash
        FROM json_each(@steps) n
        JOIN step s ON s.workflow_id = n.value ->> 'workflowId' AND s.sequence = n.value ->> 'sequence'
        """);

    static readonly StoreText Insert = new(
        Postgres:
        """
        INSERT INTO step (leaf_index, workflow_id, sequence, hash, type, key, event, from_state, to_state, kinds, outcome, duration_ms,
            stayed_ms, occurred_at, trace_id, witnessed_at, source)
        SELECT n."leafIndex", n."workflowId", n.sequence, decode(n.hash, 'hex'), n.type, n.key, n.event, n."from", n."to", n.kinds, n.outcome,
            n."durationMs", n."stayedMs", n."occurredAt", n."traceId", @now, @source
        FROM jsonb_to_recordset(@steps::jsonb) AS n("leafIndex" bigint, "workflowId" uuid, sequence bigint, hash text, type text, key text,
            event text, "from" text, "to" text, kinds text, outcome text, "durationMs" bigint, "stayedMs" bigint, "occurredAt" bigint, "traceId" text)
        """,
        Sqlite:
        """
        INSERT INTO step (leaf_index, workflow_id, sequence, hash, type, key, event, from_state, to_state, kinds, outcome, duration_ms,
            stayed_ms, occurred_at, trace_id, witnessed_at, source)
        SELECT n.value ->> 'leafIndex', n.value ->> 'workflowId', n.value ->> 'sequence', unhex(n.value ->> 'hash'), n.value ->> 'type',
            n.value ->> 'key', n.value ->> 'event', n.value ->> 'from', n.value ->> 'to', n.value ->> 'kinds', n.value ->> 'outcome',
            n.value ->> 'durationMs', n.value ->> 'stayedMs', n.value ->> 'occurredAt', n.value ->> 'traceId', @now, @source
        FROM json_each(@steps) n
        """);

    static readonly StoreText InsertSubtrees = new(
        Postgres:
        """
        INSERT INTO subtree (level, index, hash)
        SELECT n.level, n.index, decode(n.hash, 'hex') FROM jsonb_to_recordset(@subtrees::jsonb) AS n(level smallint, index bigint, hash text)
        """,
        Sqlite:
        """
        INSERT INTO subtree (level, "index", hash)
        SELECT n.value ->> 'level', n.value ->> 'index', unhex(n.value ->> 'hash') FROM json_each(@subtrees) n
        """);

    static readonly StoreText Grow = new("UPDATE ledger SET size = @size, frontier = @frontier WHERE id = 1");

    readonly AuditDatabase _database;
    readonly StepProjections _projections;
    readonly FindingStore _findings;
    readonly TimeProvider _clock;

    internal LedgerStore(AuditDatabase database, StepProjections projections, FindingStore findings, TimeProvider clock)
    {
        _database = database;
        _projections = projections;
        _findings = findings;
        _clock = clock;
    }

    /// <summary>Raised after steps were appended by this process, with the ledger's new size. Listeners must be quick and must not throw.</summary>
    public event Action<long>? Appended;

    /// <summary>Appends those of the steps that the ledger does not have.</summary>
    /// <param name="steps">At most 10,000, in any order; a step may stand twice.</param>
    /// <param name="source"><see cref="StepSource.Message"/> or <see cref="StepSource.Journal"/>.</param>
    /// <param name="cancellationToken">Gives up waiting; what was stored is then unknown, and doing it again is safe.</param>
    /// <returns>How many were appended.</returns>
    /// <exception cref="System.Data.Common.DbException">The database cannot be reached.</exception>
    public async Task<int> AppendAsync(IReadOnlyList<CommittedStep> steps, string source, CancellationToken cancellationToken)
    {
        if (steps.Count == 0)
            return 0;

        var (appended, size, forks) = await _database.WriteAsync((session, token) => AppendAsync(session, steps, source, token), cancellationToken);
        foreach (var fork in forks)
            _findings.Tell(fork);
        if (appended > 0)
        {
            ResonanceMetrics.Witnessed(appended, source);
            if (source == StepSource.Message)
                ResonanceMetrics.WitnessedLate(_clock.GetUtcNow() - steps.Min(step => step.OccurredAt));
            Appended?.Invoke(size);
        }

        return appended;
    }

    /// <summary>Locks the ledger for the transaction: nobody else appends or signs until it ends.</summary>
    internal static async Task<Frontier> LockAsync(AuditSession session, CancellationToken cancellationToken)
    {
        var (size, nodes) = await session.QueryOneAsync(Lock, row => (row.Number(0), row.Bytes(1)), cancellationToken);
        return Frontier.Parse(size, nodes ?? throw new InvalidDataException("The ledger's row is missing: run the host's 'migrate' command."));
    }

    async Task<(int Appended, long Size, IReadOnlyList<Finding> Forks)> AppendAsync(
        AuditSession session, IReadOnlyList<CommittedStep> steps, string source, CancellationToken cancellationToken)
    {
        var frontier = await LockAsync(session, cancellationToken);
        var known = await KnownAsync(session, steps, cancellationToken);
        var fresh = new List<CommittedStep>(steps.Count);
        var forks = new List<Finding>();
        foreach (var step in steps)
        {
            if (known.TryAdd((step.WorkflowId, step.Sequence), step.Hash))
                fresh.Add(step);
            else if (known[(step.WorkflowId, step.Sequence)] is var witnessed && witnessed != step.Hash)
                forks.Add(Fork(step, witnessed));
        }

        if (fresh.Count > 0)
        {
            await InsertAsync(session, frontier, fresh, source, cancellationToken);
            await _projections.ApplyAsync(session, fresh, cancellationToken);
        }

        List<Finding> news = [];
        foreach (var fork in forks)
        {
            if (await _findings.AddAsync(session, fork, cancellationToken))
                news.Add(fork);
        }

        return (fresh.Count, frontier.Size, news);
    }

    static async Task<Dictionary<(Guid, long), string>> KnownAsync(
        AuditSession session, IReadOnlyList<CommittedStep> steps, CancellationToken cancellationToken)
    {
        var ids = JsonSerializer.Serialize(steps.Select(step => new { step.WorkflowId, step.Sequence }), Json);
        var known = new Dictionary<(Guid, long), string>(steps.Count);
        var rows = session.QueryAsync(
            Known, row => (Id: row.Id(0), Sequence: row.Number(1), Hash: row.Bytes(2)), cancellationToken, ("@steps", ids));
        await foreach (var (id, sequence, hash) in rows)
            known[(id, sequence)] = Convert.ToHexStringLower(hash);
        return known;
    }

    async Task InsertAsync(
        AuditSession session, Frontier frontier, List<CommittedStep> steps, string source, CancellationToken cancellationToken)
    {
        var completed = new List<Subtree>();
        var first = frontier.Size;
        foreach (var step in steps)
            frontier.Append(Convert.FromHexString(step.Hash), completed);

        var rows = steps.Select((step, index) => new
        {
            LeafIndex = first + index,
            step.WorkflowId,
            step.Sequence,
            step.Hash,
            step.Type,
            step.Key,
            step.Event,
            step.From,
            step.To,
            Kinds = string.Join(',', step.Kinds),
            step.Outcome,
            step.DurationMs,
            step.StayedMs,
            OccurredAt = AuditRow.Microseconds(step.OccurredAt),
            step.TraceId,
        });
        await session.ExecuteAsync(
            Insert, cancellationToken,
            ("@steps", JsonSerializer.Serialize(rows, Json)), ("@now", _clock.GetUtcNow()), ("@source", source));
        if (completed.Count > 0)
        {
            var subtrees = completed.Select(subtree => new { subtree.Level, subtree.Index, Hash = Convert.ToHexStringLower(subtree.Hash) });
            await session.ExecuteAsync(InsertSubtrees, cancellationToken, ("@subtrees", JsonSerializer.Serialize(subtrees, Json)));
        }

        await session.ExecuteAsync(Grow, cancellationToken, ("@size", frontier.Size), ("@frontier", frontier.ToBytes()));
    }

    static Finding Fork(CommittedStep step, string witnessed) => new(
        FindingKind.Fork, step.WorkflowId, step.Sequence,
        $"Step {step.Sequence} of {step.Key} was witnessed with the hash {witnessed}, and now an engine or the journal tells of {step.Hash}.");
}

/// <summary>How the ledger came to know of a step.</summary>
public static class StepSource
{
    /// <summary>An engine told of it.</summary>
    public const string Message = "message";

    /// <summary>It was filled in from the journal.</summary>
    public const string Journal = "journal";
}
