using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Audit.Merkle;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Audit.Verification;

/// <summary>
/// Proves of each ledger row of one instance that it is in the tree, without reading the whole tree. Where a path does not lead to the
/// root, leaves near the row were edited, its own or others: the journal's hashes in their place tell.
/// </summary>
/// <param name="session">The ledger.</param>
/// <param name="journal">The journal.</param>
/// <param name="tree">A checkpoint that the ledger extends; what it does not cover is held against the journal alone.</param>
sealed class WorkflowLeaves(AuditSession session, JournalScan journal, Checkpoint tree)
{
    readonly HashSet<long> _edited = [];
    readonly HashSet<long> _mended = [];

    /// <summary>Rows of the ledger that were looked at.</summary>
    public long Count { get; private set; }

    /// <summary>Leaves of the instance whose hash was edited, since the journal's is the one that is in the tree.</summary>
    public IReadOnlySet<long> Edited => _edited;

    public async Task ProveAsync(Guid workflowId, Action<VerificationFinding> found, CancellationToken cancellationToken)
    {
        var asStored = LedgerTree.Of(session, tree.Size);
        var mended = new TreeReader(tree.Size, ReadMendedAsync);
        var unproven = new List<LedgerRow>();
        var rows = await LedgerRows.ByWorkflowAsync(session, workflowId, workflowId, cancellationToken).ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            Count++;
            if (row.LeafIndex >= tree.Size || await IsInAsync(asStored, row, row.Hash, cancellationToken))
                continue;

            var right = await JournalHashAsync(row, cancellationToken);
            if (right is null || !await IsInAsync(mended, row, right, cancellationToken))
                unproven.Add(row);
            else if (_mended.Contains(row.LeafIndex))
                _edited.Add(row.LeafIndex);
        }

        if (unproven is [var first, ..])
        {
            found(new VerificationFinding(
                FindingKind.LedgerRowEdited, workflowId, first.Key, null,
                $"Of the steps of {first.Key}, {unproven.Count:N0} cannot be proven to be in the ledger that was signed (the first is step " +
                $"{first.Sequence}): they, or leaves near them, were changed or taken out. Verify everything to learn which."));
        }
    }

    async Task<bool> IsInAsync(TreeReader reader, LedgerRow row, byte[] hash, CancellationToken cancellationToken)
    {
        try
        {
            var path = await reader.InclusionAsync(row.LeafIndex, cancellationToken);
            return MerkleProof.Includes(row.LeafIndex, tree.Size, MerkleTree.LeafHash(hash), path, tree.Root);
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    async Task<byte[]?> JournalHashAsync(LedgerRow row, CancellationToken cancellationToken)
    {
        await foreach (var step in journal.ReadAsync([(row.WorkflowId, row.Sequence)], cancellationToken))
            return JournalHash.Is(step.Row, step.Row.Hash) ? step.Row.Hash : null;
        return null;
    }

    /// <summary>The tree's hashes with the journal's in place of those of leaves that differ.</summary>
    async Task<IReadOnlyList<byte[]>> ReadMendedAsync(int level, long first, int count, CancellationToken cancellationToken)
    {
        if (level > 0)
            return await LedgerTree.ReadAsync(session, level, first, count, cancellationToken);

        var leaves = (await LedgerRows.LeavesAsync(session, first, count, cancellationToken)).Where(leaf => leaf.Index < first + count);
        var byStep = leaves.ToDictionary(leaf => (leaf.WorkflowId, leaf.Sequence));
        await foreach (var step in journal.ReadAsync(byStep.Keys.ToArray(), cancellationToken))
        {
            var id = (step.Row.WorkflowId, step.Row.Sequence);
            if (JournalHash.Same(step.Row.Hash, byStep[id].Hash) || !JournalHash.Is(step.Row, step.Row.Hash))
                continue;
            byStep[id] = byStep[id] with { Hash = step.Row.Hash };
            _mended.Add(byStep[id].Index);
        }

        return [.. byStep.Values.OrderBy(leaf => leaf.Index).Select(leaf => MerkleTree.LeafHash(leaf.Hash))];
    }
}
