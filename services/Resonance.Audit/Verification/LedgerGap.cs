using Resonance.Audit.Ledger;
using Resonance.Engine.Journal;

namespace Resonance.Audit.Verification;

/// <summary>A block of the ledger from which leaves are gone.</summary>
/// <param name="Block">The block with the leaves that are there.</param>
/// <param name="Fits">Whether the block with these row hashes gives the hash that is stored of it.</param>
sealed record LedgerGap(TreeBlock Block, Func<byte[][], bool> Fits)
{
    const int LeavesNamedMax = 16;

    /// <summary>
    /// Tells what is gone. Where it is one leaf, and the journal has a step that the ledger does not have and that gives the stored hash in
    /// its place, it was that one.
    /// </summary>
    /// <param name="unwitnessed">Steps of the journal that the ledger does not have.</param>
    public IEnumerable<VerificationFinding> Explain(IEnumerable<(VerificationFinding Finding, JournalRow Row)> unwitnessed)
    {
        var missing = Block.Missing.ToArray();
        if (missing is [var leaf])
        {
            var place = (int)(leaf - Block.First);
            var hashes = Block.Leaves.Select(other => other?.Hash ?? []).ToArray();
            foreach (var (step, row) in unwitnessed)
            {
                hashes[place] = row.Hash;
                if (!Fits(hashes))
                    continue;
                yield return step with
                {
                    Kind = FindingKind.LedgerRowMissing,
                    Detail = $"Step {row.Sequence} of {step.Key} was leaf {leaf} of the ledger, as the hash over its neighbours proves, and was " +
                        "taken out of it. The journal still has it.",
                };
                yield break;
            }
        }

        foreach (var gone in missing.Take(LeavesNamedMax))
        {
            yield return new VerificationFinding(
                FindingKind.LedgerRowMissing, null, null, null,
                $"Leaf {gone} of the ledger is gone from between others: a step that was witnessed is no longer there.");
        }

        if (missing.Length > LeavesNamedMax)
        {
            yield return new VerificationFinding(
                FindingKind.LedgerRowMissing, null, null, null,
                $"So are {missing.Length - LeavesNamedMax:N0} more leaves up to number {missing[^1]}.");
        }
    }
}
