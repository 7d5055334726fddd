using System.Runtime.CompilerServices;
using Resonance.Audit.Ledger;

namespace Resonance.Audit.Verification;

/// <summary>A row of the ledger, whole.</summary>
sealed record LedgerRow
{
    public required long LeafIndex { get; init; }

    public required Guid WorkflowId { get; init; }

    public required long Sequence { get; init; }

    public required byte[] Hash { get; init; }

    public required string Type { get; init; }

    public required string Key { get; init; }

    public required string Event { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    public required string Kinds { get; init; }

    public required string? Outcome { get; init; }

    public required long? DurationMs { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    public required string? TraceId { get; init; }
}

/// <summary>Reads the ledger in the two orders in which it is checked, a page at a time.</summary>
static class LedgerRows
{
    const int PageSize = 8192;

    static readonly StoreText ByLeaf = new(
        "SELECT leaf_index, workflow_id, sequence, hash, key FROM step WHERE leaf_index >= @first ORDER BY leaf_index LIMIT @most");

    static readonly StoreText ByWorkflow = new(
        """
        SELECT leaf_index, workflow_id, sequence, hash, type, key, event, from_state, to_state, kinds, outcome, duration_ms, occurred_at, trace_id
        FROM step WHERE (workflow_id, sequence) > (@after, @sequence) AND workflow_id <= @last
        ORDER BY workflow_id, sequence LIMIT @most
        """);

    /// <summary>The leaves in the order of the tree.</summary>
    public static async IAsyncEnumerable<Leaf> ByLeafAsync(AuditSession session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var first = 0L; ;)
        {
            var page = await LeavesAsync(session, first, PageSize, cancellationToken);
            foreach (var leaf in page)
                yield return leaf;
            if (page.Count < PageSize)
                yield break;
            first = page[^1].Index + 1;
        }
    }

    /// <summary>Some leaves from one on, in the order of the tree.</summary>
    public static ValueTask<List<Leaf>> LeavesAsync(AuditSession session, long first, int most, CancellationToken cancellationToken) =>
        session.QueryAsync(
            ByLeaf, row => new Leaf(row.Number(0), row.Id(1), row.Number(2), row.Bytes(3), row.Text(4)), cancellationToken,
            ("@first", first), ("@most", (long)most)).ToListAsync(cancellationToken);

    /// <summary>The rows of the instances from one id to another, both included, by id and sequence.</summary>
    public static async IAsyncEnumerable<LedgerRow> ByWorkflowAsync(
        AuditSession session, Guid first, Guid last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var (after, sequence) = (first, 0L); ;)
        {
            var page = await session.QueryAsync(
                ByWorkflow, Read, cancellationToken,
                ("@after", after), ("@sequence", sequence), ("@last", last), ("@most", (long)PageSize)).ToListAsync(cancellationToken);
            foreach (var row in page)
                yield return row;
            if (page.Count < PageSize)
                yield break;
            (after, sequence) = (page[^1].WorkflowId, page[^1].Sequence);
        }
    }

    static LedgerRow Read(AuditRow row) => new()
    {
        LeafIndex = row.Number(0),
        WorkflowId = row.Id(1),
        Sequence = row.Number(2),
        Hash = row.Bytes(3),
        Type = row.Text(4),
        Key = row.Text(5),
        Event = row.Text(6),
        From = row.Text(7),
        To = row.Text(8),
        Kinds = row.Text(9),
        Outcome = row.TextOrNull(10),
        DurationMs = row.IsNull(11) ? null : row.Number(11),
        OccurredAt = row.Time(12),
        TraceId = row.TextOrNull(13),
    };
}

/// <summary>A leaf of the tree.</summary>
sealed record Leaf(long Index, Guid WorkflowId, long Sequence, byte[] Hash, string Key);
