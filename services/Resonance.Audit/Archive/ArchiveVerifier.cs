using Resonance.Audit.Checkpoints;
using Resonance.Audit.Merkle;
using Resonance.Engine.Journal;

namespace Resonance.Audit.Archive;

/// <summary>What an archive file turned out to be.</summary>
/// <param name="Instances">Instances that were read.</param>
/// <param name="Rows">Journal rows that were read.</param>
/// <param name="Findings">What does not agree, a sentence each.</param>
public sealed record ArchiveVerification(long Instances, long Rows, IReadOnlyList<string> Findings);

/// <summary>
/// Verifies an archive by itself, without any database: the chain of each instance, and of each row the proof that it is in the log that
/// one of the keys signed.
/// </summary>
public sealed class ArchiveVerifier
{
    readonly CheckpointKeys _keys;

    internal ArchiveVerifier(CheckpointKeys keys) => _keys = keys;

    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<ArchiveVerification> VerifyAsync(string path, CancellationToken cancellationToken)
    {
        var findings = new List<string>();
        var (instances, rows) = (0L, 0L);
        try
        {
            await foreach (var instance in ArchiveFile.ReadAsync(path, cancellationToken))
            {
                instances++;
                rows += instance.Journal.Count;
                Check(instance, findings);
            }
        }
        catch (InvalidDataException damaged)
        {
            findings.Add(damaged.Message);
        }

        return new ArchiveVerification(instances, rows, findings);
    }

    void Check(ArchivedInstance instance, List<string> findings)
    {
        var first = instance.Journal.Count > 0 ? instance.Journal[0].Sequence : 1;
        var chain = new ArchivedChain(first, first == 1 ? ChainHash.Origin : null);
        foreach (var step in instance.Journal)
        {
            if (Problem(instance.Id, step, chain) is { } problem)
                findings.Add($"Step {step.Sequence} of {instance.Key} {problem}.");
        }
    }

    string? Problem(Guid id, ArchivedStep step, ArchivedChain chain)
    {
        if (step.ToRow(id) is not { } row)
            return "has a hash that is none";
        if (chain.Complaint(row) is { } complaint)
            return complaint;
        if (!InclusionProof.TryParse(step.Proof, out var proof))
            return "has a proof that cannot be read";
        var (known, forged) = _keys.Check(proof.Checkpoint, "its proof");
        if (known is null)
            return $"cannot be proven: {forged!.Detail}";
        return MerkleProof.Includes(
            proof.LeafIndex, known.Checkpoint.Size, MerkleTree.LeafHash(row.Hash), proof.Hashes, known.Checkpoint.Root)
            ? null
            : "has a proof that does not lead to the root that was signed";
    }
}
