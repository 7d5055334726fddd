using Resonance.Audit.Ledger;
using Resonance.Audit.Merkle;

namespace Resonance.Audit.Checkpoints;

/// <summary>The hashes of the ledger's Merkle tree, as they are stored.</summary>
static class LedgerTree
{
    static readonly StoreText Leaves = new("SELECT hash FROM step WHERE leaf_index >= @first AND leaf_index < @end ORDER BY leaf_index");

    static readonly StoreText Subtrees = new(
        """
        SELECT hash FROM subtree WHERE level = @level AND "index" >= @first AND "index" < @end ORDER BY "index"
        """);

    /// <summary>The tree over the first <paramref name="size"/> leaves.</summary>
    public static TreeReader Of(AuditSession session, long size) =>
        new(size, (level, first, count, token) => ReadAsync(session, level, first, count, token));

    /// <summary>See <see cref="ReadHashes"/>.</summary>
    public static async Task<IReadOnlyList<byte[]>> ReadAsync(
        AuditSession session, int level, long first, int count, CancellationToken cancellationToken)
    {
        (string, object?)[] range = [("@first", first), ("@end", first + count)];
        return level == 0
            ? await session.QueryAsync(Leaves, row => MerkleTree.LeafHash(row.Bytes(0)), cancellationToken, range).ToListAsync(cancellationToken)
            : await session.QueryAsync(Subtrees, row => row.Bytes(0), cancellationToken, [.. range, ("@level", (long)level)])
                .ToListAsync(cancellationToken);
    }
}
