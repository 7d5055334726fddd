using Resonance.Audit.Ledger;
using Resonance.Audit.Merkle;

namespace Resonance.Audit.Checkpoints;

/// <summary>A checkpoint that was signed earlier, and where it was kept.</summary>
/// <param name="Checkpoint">What it says.</param>
/// <param name="Place">As people read it, e.g. <c>the database</c> or a file's name.</param>
sealed record KnownCheckpoint(Checkpoint Checkpoint, string Place)
{
    /// <summary>What disagrees between the ledger as it is and what was signed about it earlier; null when it extends it.</summary>
    public async Task<Finding?> CompareAsync(AuditSession session, Frontier ledger, CancellationToken cancellationToken)
    {
        var (size, root) = (Checkpoint.Size, Checkpoint.Root);
        if (size > ledger.Size)
            return RolledBack(ledger.Size);

        try
        {
            var proof = await LedgerTree.Of(session, ledger.Size).ConsistencyAsync(size, cancellationToken);
            if (MerkleProof.Extends(size, root, ledger.Size, ledger.Root(), proof))
                return null;

            var stored = await LedgerTree.Of(session, size).RootAsync(cancellationToken);
            return stored.AsSpan().SequenceEqual(root) ? FrontierChanged(ledger.Size) : Rewritten(stored);
        }
        catch (InvalidDataException incomplete)
        {
            return new Finding(FindingKind.LedgerTruncated, null, null, incomplete.Message);
        }
    }

    public Finding RolledBack(long size) => new(
        FindingKind.LedgerRolledBack, null, null,
        $"The ledger has {size:N0} steps, but a checkpoint over {Checkpoint.Size:N0} was signed and stands in {Place}: the ledger was set " +
        "back, e.g. to an older backup.");

    public Finding Rewritten(byte[] stored) => new(
        FindingKind.LedgerRewritten, null, null,
        $"The first {Checkpoint.Size:N0} steps of the ledger have the root {Convert.ToBase64String(stored)}, but the checkpoint in {Place} " +
        $"was signed over {Convert.ToBase64String(Checkpoint.Root)}: steps in it were changed, left out or put in another order.");

    static Finding FrontierChanged(long size) => new(
        FindingKind.FrontierChanged, null, null,
        $"The ledger's row claims another tree over its {size:N0} steps than their hashes give: its frontier was changed.");
}
