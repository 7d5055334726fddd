using Resonance.Audit.Ledger;
using Resonance.Contracts.Audit;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Witness;

/// <summary>
/// Compares a period of the journal with the ledger, row by row. What the ledger lacks is filled in, since the journal is the truth; what
/// it has and the journal has not, or has otherwise, is a finding.
/// </summary>
sealed class JournalComparison(JournalScan journal, LedgerStore ledger, FindingStore findings, AuditDatabase database)
{
    const int MostAtOnce = 1000;

    // What was moved to an archive is not in the journal, and nobody misses it there.
    const string NotArchived =
        "NOT EXISTS (SELECT 1 FROM archived a WHERE a.workflow_id = s.workflow_id AND a.through_sequence >= s.sequence)";

    static readonly StoreText Period = new(
        $"SELECT workflow_id, sequence, hash, key FROM step s WHERE occurred_at >= @from AND occurred_at < @to AND {NotArchived}");

    static readonly StoreText Minutes = new(
        $"""
        SELECT occurred_at / 60000000 * 60000000, count(*) FROM step s
        WHERE occurred_at >= @from AND occurred_at < @to AND {NotArchived} GROUP BY 1 ORDER BY 1
        """);

    /// <summary>The minutes of a period in which journal or ledger have rows, in order.</summary>
    public async Task<List<CountedMinute>> CountAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // The ledger is counted last: what is witnessed between the two counts makes nothing look missing.
        var counts = new SortedDictionary<DateTimeOffset, (long Journal, long Ledger)>();
        await foreach (var (minute, rows) in journal.CountByMinuteAsync(from, to, cancellationToken))
            counts[minute] = (rows, 0);
        foreach (var (minute, rows) in await CountLedgerAsync(from, to, cancellationToken))
            counts[minute] = (counts.GetValueOrDefault(minute).Journal, rows);
        return [.. counts.Select(minute => new CountedMinute(minute.Key, minute.Value.Journal, minute.Value.Ledger))];
    }

    /// <returns>Rows that were filled in.</returns>
    public async Task<int> CompareAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var witnessed = await ReadLedgerAsync(from, to, cancellationToken);
        var missing = new List<CommittedStep>(MostAtOnce);
        var filled = 0;
        await foreach (var (type, key, row) in journal.ReadPeriodAsync(from, to, cancellationToken))
        {
            if (!witnessed.Remove((row.WorkflowId, row.Sequence), out var known))
            {
                missing.Add(StepSummary.Of(type, key, row));
                if (missing.Count == MostAtOnce)
                    filled += await FillAsync(missing, cancellationToken);
            }
            else if (!known.Hash.AsSpan().SequenceEqual(row.Hash))
            {
                await findings.AddAsync(Differs(key, row, known.Hash), cancellationToken);
            }
        }

        filled += await FillAsync(missing, cancellationToken);
        await ReportMissingAsync(witnessed, cancellationToken);
        return filled;
    }

    async Task<int> FillAsync(List<CommittedStep> missing, CancellationToken cancellationToken)
    {
        var filled = await ledger.AppendAsync(missing, StepSource.Journal, cancellationToken);
        missing.Clear();
        return filled;
    }

    /// <summary>What is left was witnessed and not met in the journal. It may have been there all along, under another time: that is looked up.</summary>
    async Task ReportMissingAsync(Dictionary<(Guid Id, long Sequence), (byte[] Hash, string Key)> left, CancellationToken cancellationToken)
    {
        foreach (var chunk in left.Chunk(MostAtOnce))
        {
            var there = new Dictionary<(Guid, long), ScannedStep>();
            await foreach (var step in journal.ReadAsync([.. chunk.Select(row => row.Key)], cancellationToken))
                there[(step.Row.WorkflowId, step.Row.Sequence)] = step;
            foreach (var ((id, sequence), (hash, key)) in chunk)
            {
                if (!there.TryGetValue((id, sequence), out var step))
                    await findings.AddAsync(Missing(id, sequence, hash, key), cancellationToken);
                else if (!step.Row.Hash.AsSpan().SequenceEqual(hash))
                    await findings.AddAsync(Differs(key, step.Row, hash), cancellationToken);
            }
        }
    }

    Task<Dictionary<(Guid Id, long Sequence), (byte[] Hash, string Key)>> ReadLedgerAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => database.ReadAsync(
        async (session, token) =>
        {
            var known = new Dictionary<(Guid, long), (byte[], string)>();
            var rows = session.QueryAsync(
                Period, row => ((row.Id(0), row.Number(1)), (row.Bytes(2), row.Text(3))), token, ("@from", from), ("@to", to));
            await foreach (var (step, row) in rows)
                known[step] = row;
            return known;
        },
        cancellationToken);

    Task<List<(DateTimeOffset Minute, long Rows)>> CountLedgerAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => database.ReadAsync(
        async (session, token) => await session.QueryAsync(
            Minutes, row => (row.Time(0), row.Number(1)), token, ("@from", from), ("@to", to)).ToListAsync(token),
        cancellationToken);

    static Finding Differs(string key, JournalRow row, byte[] witnessed) => new(
        FindingKind.HashDiffers, row.WorkflowId, row.Sequence,
        $"Step {row.Sequence} of {key} was witnessed with the hash {Convert.ToHexStringLower(witnessed)}; the journal has " +
        $"{Convert.ToHexStringLower(row.Hash)}.");

    static Finding Missing(Guid id, long sequence, byte[] hash, string key) => new(
        FindingKind.RowMissing, id, sequence,
        $"Step {sequence} of {key} was witnessed with the hash {Convert.ToHexStringLower(hash)}; the journal does not have it.");
}

/// <summary>A minute with the rows that occurred in it.</summary>
/// <param name="Start">Its first moment, UTC.</param>
/// <param name="Journal">Rows of the journal.</param>
/// <param name="Ledger">Rows of the ledger.</param>
sealed record CountedMinute(DateTimeOffset Start, long Journal, long Ledger);
