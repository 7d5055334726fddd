using Resonance.Audit.Ledger;
using Resonance.Contracts.Audit;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Projections;

/// <summary>Computes the figures anew: the steps that the ledger has, each as the journal tells it.</summary>
/// <remarks>
/// The new figures grow as a generation of their own beside those that are read, a few thousand steps a transaction, while the audit goes on
/// witnessing. Only the last steps, and the exchange of the generations, happen under the lock on the ledger's row: readers see the figures
/// of one generation or of the other, and a step that is witnessed meanwhile counts once in each. What the ledger does not have yet is
/// counted when it is witnessed. A step that the journal no longer has counts as it was witnessed.
/// </remarks>
sealed class ProjectionRebuild(AuditDatabase database, JournalScan journal)
{
    static readonly StoreText BeginSql = new("UPDATE projection SET newest = newest + 1 WHERE id = 1 RETURNING newest");

    static readonly StoreText SizeSql = new("SELECT size FROM ledger WHERE id = 1");

    // SQLite has one writer at a time, and this transaction is it.
    static readonly StoreText LockedSizeSql = new(
        Postgres: "SELECT size FROM ledger WHERE id = 1 FOR UPDATE",
        Sqlite: "SELECT size FROM ledger WHERE id = 1");

    static readonly StoreText StepsSql = new(
        """
        SELECT workflow_id, sequence, type, key, event, from_state, to_state, kinds, outcome, duration_ms, occurred_at, trace_id, hash, stayed_ms
        FROM step WHERE leaf_index >= @from AND leaf_index < @to ORDER BY leaf_index
        """);

    static readonly StoreText ExchangeSql = new("UPDATE projection SET generation = @generation WHERE id = 1 AND generation < @generation");

    static readonly StoreText ForgetMinutesSql = new("DELETE FROM minute_figure WHERE generation <= @generation");

    static readonly StoreText ForgetTransitionsSql = new("DELETE FROM transition_figure WHERE generation <= @generation");

    static readonly StoreText ForgetStatesSql = new("DELETE FROM state_count WHERE generation <= @generation");

    /// <summary>Steps that one transaction counts.</summary>
    internal int StepsAtOnce { get; init; } = 2_000;

    /// <summary>Computes the figures anew and puts them in the place of those that are read.</summary>
    /// <param name="progress">Told of how far it is after each transaction.</param>
    /// <param name="cancellationToken">Gives up; the figures that are read stay as they are.</param>
    public async Task<RebuildResult> RunAsync(IProgress<RebuildProgress>? progress, CancellationToken cancellationToken)
    {
        var generation = await database.WriteAsync(
            (session, token) => session.QueryOneAsync(BeginSql, row => row.Number(0), token), cancellationToken);
        var counted = 0L;
        var absent = 0L;
        while (true)
        {
            var size = await database.ReadAsync((session, token) => session.QueryOneAsync(SizeSql, row => row.Number(0), token), cancellationToken);
            if (size - counted < StepsAtOnce)
                break;

            var to = counted + StepsAtOnce;
            absent += await CountAsync(generation, counted, to, cancellationToken);
            counted = to;
            progress?.Report(new RebuildProgress(counted, size));
        }

        var result = await ExchangeAsync(generation, counted, absent, cancellationToken);
        await ForgetAsync(result.Exchanged ? generation - 1 : generation, cancellationToken);
        return result;
    }

    async Task<long> CountAsync(long generation, long from, long to, CancellationToken cancellationToken)
    {
        // Read before the transaction that writes: on SQLite nobody else can write as long as it lasts.
        var page = await database.ReadAsync((session, token) => PageAsync(session, from, to, token), cancellationToken);
        return await database.WriteAsync(
            async (session, token) =>
            {
                await StepProjections.ApplyAsync(session, generation, page.Steps, token);
                return page.Absent;
            },
            cancellationToken);
    }

    Task<RebuildResult> ExchangeAsync(long generation, long counted, long absent, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                var size = await session.QueryOneAsync(LockedSizeSql, row => row.Number(0), token);
                for (var from = counted; from < size; from += StepsAtOnce)
                {
                    var page = await PageAsync(session, from, Math.Min(from + StepsAtOnce, size), token);
                    await StepProjections.ApplyAsync(session, generation, page.Steps, token);
                    absent += page.Absent;
                }

                // Another rebuild that was begun later may be done already: it has removed what this one had counted.
                var exchanged = await session.ExecuteAsync(ExchangeSql, token, ("@generation", generation)) == 1;
                return new RebuildResult(size, absent, exchanged);
            },
            cancellationToken);

    /// <summary>Removes the figures of a generation and of those before it, which nobody reads: also what an unfinished rebuild left.</summary>
    Task ForgetAsync(long generation, CancellationToken cancellationToken) => database.WriteAsync(
        async (session, token) =>
        {
            await session.ExecuteAsync(ForgetMinutesSql, token, ("@generation", generation));
            await session.ExecuteAsync(ForgetTransitionsSql, token, ("@generation", generation));
            return await session.ExecuteAsync(ForgetStatesSql, token, ("@generation", generation));
        },
        cancellationToken);

    async Task<(IReadOnlyList<CommittedStep> Steps, long Absent)> PageAsync(
        AuditSession session, long from, long to, CancellationToken cancellationToken)
    {
        var steps = new Dictionary<(Guid WorkflowId, long Sequence), CommittedStep>();
        await foreach (var step in session.QueryAsync(StepsSql, Read, cancellationToken, ("@from", from), ("@to", to)))
            steps.Add((step.WorkflowId, step.Sequence), step);

        var absent = (long)steps.Count;
        await foreach (var found in journal.ReadAsync([.. steps.Keys], cancellationToken))
        {
            // The type and the key stand on the instance, which the ledger remembers as it was.
            var place = (found.Row.WorkflowId, found.Row.Sequence);
            steps[place] = StepSummary.Of(steps[place].Type, steps[place].Key, found.Row);
            absent--;
        }

        return ([.. steps.Values], absent);
    }

    static CommittedStep Read(AuditRow row) => new()
    {
        WorkflowId = row.Id(0),
        Sequence = row.Number(1),
        Type = row.Text(2),
        Key = row.Text(3),
        Event = row.Text(4),
        From = row.Text(5),
        To = row.Text(6),
        Kinds = row.Text(7).Split(',', StringSplitOptions.RemoveEmptyEntries),
        Outcome = row.TextOrNull(8),
        DurationMs = row.IsNull(9) ? null : row.Number(9),
        OccurredAt = row.Time(10),
        TraceId = row.TextOrNull(11),
        Hash = Convert.ToHexStringLower(row.Bytes(12)),
        StayedMs = row.IsNull(13) ? null : row.Number(13),
    };
}

/// <summary>How far a rebuild is.</summary>
/// <param name="Counted">Steps that are counted.</param>
/// <param name="Size">Steps that the ledger has.</param>
sealed record RebuildProgress(long Counted, long Size);

/// <summary>What a rebuild came to.</summary>
/// <param name="Steps">Steps that were counted.</param>
/// <param name="Absent">Those of them that the journal does not have, and that count as they were witnessed.</param>
/// <param name="Exchanged">False when a rebuild that was begun later was done first: its figures are read.</param>
sealed record RebuildResult(long Steps, long Absent, bool Exchanged);
