using System.Runtime.CompilerServices;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Reconciliation;

/// <summary>What is compared.</summary>
/// <param name="ReconciliationId">The reconciliation that the findings belong to.</param>
/// <param name="From">Beginning of the period.</param>
/// <param name="To">End of the period, not part of it.</param>
sealed record ReconciliationPeriod(Guid ReconciliationId, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>
    /// How far beyond the period the statement is fetched. The provider's clock is not ours, and our books learn of a capture after it:
    /// what lies in our period may stand before or after it on the statement. In which period something belongs is said by our books, and
    /// only where they do not have it by the statement, so that it belongs to one period alone.
    /// </summary>
    public static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    public bool Contains(DateTimeOffset time) => time >= From && time < To;
}

/// <summary>How many lines a run compared.</summary>
readonly record struct RunCounts(long StatementLines, long LedgerEntries);

/// <summary>One comparison of a statement with our books, over tables of its own until it is whole.</summary>
/// <remarks>
/// It works in short transactions, so that neither memory nor a lock grows with the statement. A later run of the same reconciliation takes
/// over at once: the earlier one finds that it may not write any more, and stops.
/// </remarks>
sealed class ReconciliationRun
{
    /// <summary>Lines that one transaction stages, compares or removes.</summary>
    const int SliceLines = 2000;

    /// <summary>Rows of one statement. More are not faster, as SQLite looks each parameter up among all of its statement.</summary>
    const int RowsAtOnce = 40;

    readonly IDatabase _database;
    readonly ReconciliationPeriod _period;
    readonly string _id;
    readonly long _run;

    ReconciliationRun(IDatabase database, ReconciliationPeriod period, string id, long run)
    {
        _database = database;
        _period = period;
        _id = id;
        _run = run;
    }

    /// <summary>The parameters by which a statement finds what belongs to this run.</summary>
    List<(string Name, object? Value)> Own => [("@id", _id), ("@run", _run)];

    /// <summary>Begins a run; those that began before must not write any more, and what they left behind is removed.</summary>
    public static async Task<ReconciliationRun> BeginAsync(
        IDatabase database, ReconciliationPeriod period, CancellationToken cancellationToken)
    {
        var id = period.ReconciliationId.ToString("N");
        var run = await TransactAsync(
            database,
            (transaction, token) => transaction.QueryAsync(
                """
                INSERT INTO reconciliation_run (reconciliation_id, run) VALUES (@id, 1)
                ON CONFLICT (reconciliation_id) DO UPDATE SET run = reconciliation_run.run + 1
                RETURNING run
                """,
                [("@id", id)], row => row.GetInt64(0), token),
            cancellationToken);
        var begun = new ReconciliationRun(database, period, id, run.Single());
        await begun.RemoveEarlierAsync(cancellationToken);
        return begun;
    }

    /// <summary>Puts the lines of a statement where they can be compared.</summary>
    /// <returns>Lines that cannot be read; null when a later run has begun.</returns>
    public async Task<long?> StageAsync(IAsyncEnumerable<StatementEntry> entries, CancellationToken cancellationToken)
    {
        var unreadable = 0L;
        var slice = new List<StatementLine>(SliceLines);
        var broken = new List<UnreadableLine>();
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            if (entry is StatementLine line)
                slice.Add(line);
            else
                broken.Add((UnreadableLine)entry);
            if (slice.Count + broken.Count < SliceLines)
                continue;
            if (!await FlushAsync())
                return null;
        }

        return await FlushAsync() ? unreadable : null;

        async Task<bool> FlushAsync()
        {
            unreadable += broken.Count;
            var written = await InRunAsync(
                async (transaction, token) =>
                {
                    foreach (var rows in slice.Chunk(RowsAtOnce))
                        await StageAsync(transaction, rows, token);
                    foreach (var line in broken)
                        await ReconciliationFindings.AddAsync(transaction, _id, _run, line, token);
                    return true;
                },
                cancellationToken);
            slice.Clear();
            broken.Clear();
            return written;
        }
    }

    /// <summary>Compares what was staged with our books.</summary>
    /// <returns>Null when a later run has begun.</returns>
    public async Task<RunCounts?> CompareAsync(CancellationToken cancellationToken)
    {
        var (lines, entries) = (0L, 0L);
        await foreach (var slice in SlicesAsync(StagedUntil, "", cancellationToken))
        {
            if (await CountAsync(ReconciliationFindings.OfStatement(slice.Until is not null), slice, cancellationToken) is not { } counted)
                return null;
            lines += counted;
        }

        var before = StoredForms.OfTime(_period.From - TimeSpan.FromMicroseconds(1));
        await foreach (var slice in SlicesAsync(EntriesUntil, before, cancellationToken))
        {
            if (await CountAsync(ReconciliationFindings.OfLedger(slice.Until is not null), slice, cancellationToken) is not { } counted)
                return null;
            entries += counted;
        }

        return new RunCounts(lines, entries);
    }

    /// <summary>Makes what was found the lines of the reconciliation, except for those that persons have settled as they are.</summary>
    /// <returns>False when a later run has begun.</returns>
    public async Task<bool> PublishAsync(CancellationToken cancellationToken)
    {
        var published = await InRunAsync(
            async (transaction, token) =>
            {
                await transaction.ExecuteAsync(ReconciliationFindings.Publish, Own, token);
                return true;
            },
            cancellationToken);
        await AbandonAsync(cancellationToken);
        return published;
    }

    /// <summary>Takes away what the run has staged and found for itself.</summary>
    public async Task AbandonAsync(CancellationToken cancellationToken)
    {
        await foreach (var slice in SlicesAsync(StagedUntil, "", cancellationToken))
        {
            var until = slice.Until is null ? "" : "AND capture_id <= @until";
            await ExecuteAsync(
                $"DELETE FROM statement_line WHERE reconciliation_id = @id AND run = @run AND capture_id > @after {until}",
                Bounds(slice), cancellationToken);
        }

        await ExecuteAsync("DELETE FROM reconciliation_finding WHERE reconciliation_id = @id AND run = @run", Own, cancellationToken);
    }

    const string StagedUntil =
        """
        SELECT capture_id FROM statement_line
        WHERE reconciliation_id = @id AND run = @run AND capture_id > @after
        ORDER BY capture_id LIMIT 1 OFFSET @offset
        """;

    const string EntriesUntil =
        """
        SELECT occurred_at FROM payment_ledger
        WHERE occurred_at > @after AND occurred_at < @to
        ORDER BY occurred_at LIMIT 1 OFFSET @offset
        """;

    /// <summary>Divides what a query goes through into slices; rows with the same value are never divided.</summary>
    async IAsyncEnumerable<Slice> SlicesAsync(string until, string first, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = first;
        while (true)
        {
            var from = new Slice(after, null);
            var ends = await TransactAsync(
                _database,
                (transaction, token) => transaction.QueryAsync(
                    until, [.. Bounds(from), ("@offset", SliceLines - 1)], row => row.GetString(0), token),
                cancellationToken);
            var slice = new Slice(after, ends is [var end] ? end : null);
            yield return slice;
            if (slice.Until is null)
                yield break;
            after = slice.Until;
        }
    }

    /// <summary>Runs a comparison over a slice; its last statement counts what it went through.</summary>
    Task<long?> CountAsync(string sql, Slice slice, CancellationToken cancellationToken) => InRunAsync<long?>(
        async (transaction, token) =>
            (await transaction.QueryAsync(sql, Bounds(slice), row => Convert.ToInt64(row.GetValue(0), null), token)).Single(),
        cancellationToken);

    List<(string Name, object? Value)> Bounds(Slice slice)
    {
        List<(string, object?)> bounds =
        [
            .. Own,
            ("@after", slice.After),
            ("@from", StoredForms.OfTime(_period.From)),
            ("@to", StoredForms.OfTime(_period.To)),
        ];
        if (slice.Until is not null)
            bounds.Add(("@until", slice.Until));
        return bounds;
    }

    /// <summary>What stands on the statement again is counted with the line that came first.</summary>
    async Task StageAsync(WorkerTransaction transaction, StatementLine[] lines, CancellationToken cancellationToken)
    {
        List<(string, object?)> values = [.. Own];
        var rows = new DefaultInterpolatedStringHandler(lines.Length * 64, lines.Length * 6);
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index];
            rows.AppendLiteral(index == 0 ? "" : ", ");
            var operation = line.Operation == "refund" ? "'refund'" : "'capture'";
            var inPeriod = _period.Contains(line.RecordedAt) ? "1" : "0";
            rows.AppendFormatted($"(@id, @run, @c{index}, {operation}, @n{index}, @a{index}, @y{index}, {inPeriod}, 1, 0)");
            values.Add(($"@c{index}", line.CaptureId));
            values.Add(($"@n{index}", line.Number));
            values.Add(($"@a{index}", line.Amount));
            values.Add(($"@y{index}", line.Currency));
        }

        var staged = await transaction.QueryAsync(
            $"""
            INSERT INTO statement_line (
                reconciliation_id, run, capture_id, operation, line_number, amount, currency, in_period, copies, surplus)
            VALUES {rows.ToStringAndClear()}
            ON CONFLICT (reconciliation_id, run, capture_id, operation) DO NOTHING
            RETURNING line_number
            """,
            values, row => row.GetInt64(0), cancellationToken);
        if (staged.Count == lines.Length)
            return;

        var first = staged.ToHashSet();
        foreach (var copies in lines.Where(line => !first.Contains(line.Number)).GroupBy(line => (line.CaptureId, line.Operation)))
        {
            await transaction.ExecuteAsync(
                """
                UPDATE statement_line SET copies = copies + @copies, surplus = surplus + @surplus
                WHERE reconciliation_id = @id AND run = @run AND capture_id = @capture AND operation = @operation
                """,
                [
                    .. Own, ("@capture", copies.Key.CaptureId), ("@operation", copies.Key.Operation),
                    ("@copies", copies.LongCount()), ("@surplus", copies.Sum(copy => copy.Amount)),
                ],
                cancellationToken);
        }
    }

    /// <summary>A run whose process died has left something behind, as has one that was taken over and is about to notice.</summary>
    async Task RemoveEarlierAsync(CancellationToken cancellationToken)
    {
        var earlier = await TransactAsync(
            _database,
            (transaction, token) => transaction.QueryAsync(
                """
                SELECT run FROM statement_line WHERE reconciliation_id = @id AND run < @run
                UNION
                SELECT run FROM reconciliation_finding WHERE reconciliation_id = @id AND run < @run
                """,
                Own, row => row.GetInt64(0), token),
            cancellationToken);
        foreach (var run in earlier)
            await new ReconciliationRun(_database, _period, _id, run).AbandonAsync(cancellationToken);
    }

    Task<int> ExecuteAsync(string sql, IReadOnlyList<(string Name, object? Value)> values, CancellationToken cancellationToken) =>
        TransactAsync(_database, (transaction, token) => transaction.ExecuteAsync(sql, values, token), cancellationToken);

    /// <summary>
    /// Runs the work if this run is still the last one, and keeps the next one waiting until the work is committed.
    /// </summary>
    /// <returns>The default when a later run has begun.</returns>
    Task<TResult?> InRunAsync<TResult>(
        Func<WorkerTransaction, CancellationToken, Task<TResult>> work, CancellationToken cancellationToken) =>
        TransactAsync(
            _database,
            async (transaction, token) =>
            {
                var isLast = await transaction.ExecuteAsync(
                    "UPDATE reconciliation_run SET run = run WHERE reconciliation_id = @id AND run = @run", Own, token);
                return isLast == 0 ? default : await work(transaction, token);
            },
            cancellationToken);

    static Task<TResult> TransactAsync<TResult>(
        IDatabase database, Func<WorkerTransaction, CancellationToken, Task<TResult>> work, CancellationToken cancellationToken) =>
        database.TransactAsync(
            (connection, transaction, token) => work(new WorkerTransaction(connection, transaction), token), cancellationToken);

    /// <param name="After">Where it begins; the value itself is not part of it.</param>
    /// <param name="Until">Its last value; null for the last slice.</param>
    readonly record struct Slice(string After, string? Until);
}
