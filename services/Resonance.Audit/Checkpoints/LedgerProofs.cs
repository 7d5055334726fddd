using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Resonance.Audit.Ledger;
using Resonance.Audit.Merkle;

namespace Resonance.Audit.Checkpoints;

/// <summary>Proves to strangers that steps are in the ledger, and hands out its checkpoints. It reads what is stored and changes nothing.</summary>
/// <remarks>A database that cannot be reached surfaces as the driver's <see cref="System.Data.Common.DbException"/>.</remarks>
public sealed class LedgerProofs
{
    static readonly StoreText FindLeaf = new("SELECT leaf_index, hash FROM step WHERE workflow_id = @id AND sequence = @sequence");

    readonly AuditDatabase _database;

    internal LedgerProofs(AuditDatabase database) => _database = database;

    /// <summary>Proves a step against the newest checkpoint.</summary>
    /// <param name="workflowId">The instance.</param>
    /// <param name="sequence">The step, from 1.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    public Task<ProofResult> ProveAsync(Guid workflowId, long sequence, CancellationToken cancellationToken) => _database.ReadAsync(
        async (session, token) =>
        {
            var leaf = await session.QueryOneAsync(
                FindLeaf, row => new Leaf(row.Number(0), row.Bytes(1)), token, ("@id", workflowId), ("@sequence", sequence));
            if (leaf is null)
                return new ProofResult(ProofOutcome.NotWitnessed);

            var checkpoint = await CheckpointTable.NewestAsync(session, token);
            return checkpoint is null || checkpoint.Size <= leaf.Index
                ? new ProofResult(ProofOutcome.NotCovered)
                : await ProveAsync(session, leaf, checkpoint, token);
        },
        cancellationToken);

    /// <summary>The newest checkpoint; null when none was signed yet.</summary>
    public Task<SignedCheckpoint?> FindNewestAsync(CancellationToken cancellationToken) =>
        _database.ReadAsync(CheckpointTable.NewestAsync, cancellationToken);

    /// <summary>The checkpoint over so many steps; null when none was signed at that size.</summary>
    public Task<SignedCheckpoint?> FindAsync(long size, CancellationToken cancellationToken) =>
        _database.ReadAsync((session, token) => CheckpointTable.FindAsync(session, size, token), cancellationToken);

    static async Task<ProofResult> ProveAsync(AuditSession session, Leaf leaf, SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var leafHash = MerkleTree.LeafHash(leaf.RowHash);
        IReadOnlyList<byte[]> hashes;
        try
        {
            hashes = await LedgerTree.Of(session, checkpoint.Size).InclusionAsync(leaf.Index, cancellationToken);
        }
        catch (InvalidDataException)
        {
            return new ProofResult(ProofOutcome.Damaged);
        }

        // A proof that convinces nobody is not handed out: the ledger was changed below the checkpoint.
        return MerkleProof.Includes(leaf.Index, checkpoint.Size, leafHash, hashes, checkpoint.Root)
            ? new ProofResult(
                ProofOutcome.Proven,
                new InclusionProof(leaf.Index, checkpoint.Size, leaf.RowHash, leafHash, checkpoint.Root, hashes, checkpoint.Note))
            : new ProofResult(ProofOutcome.Damaged);
    }

    sealed record Leaf(long Index, byte[] RowHash);
}

/// <summary>What became of the request for a proof.</summary>
public enum ProofOutcome
{
    /// <summary>Here it is.</summary>
    Proven,

    /// <summary>The ledger does not have the step.</summary>
    NotWitnessed,

    /// <summary>The ledger has the step, and no checkpoint covers it yet.</summary>
    NotCovered,

    /// <summary>The ledger does not agree with its checkpoint, so nothing can be proven.</summary>
    Damaged,
}

/// <summary>The answer to the request for a proof.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Proof">With <see cref="ProofOutcome.Proven"/>, the proof; otherwise null.</param>
public sealed record ProofResult(ProofOutcome Outcome, InclusionProof? Proof = null);

/// <summary>Proves by RFC 6962 that a journal row is a leaf of the tree that a checkpoint was signed over.</summary>
/// <param name="LeafIndex">The leaf's place, from 0.</param>
/// <param name="TreeSize">Leaves that the checkpoint covers.</param>
/// <param name="RowHash">Hash of the journal row, the leaf's data; 32 bytes.</param>
/// <param name="LeafHash">SHA-256 over a zero byte and the row's hash.</param>
/// <param name="RootHash">Root of the tree.</param>
/// <param name="Hashes">The path's hashes, from the leaf up.</param>
/// <param name="Checkpoint">The signed note.</param>
public sealed record InclusionProof(
    long LeafIndex, long TreeSize, byte[] RowHash, byte[] LeafHash, byte[] RootHash, IReadOnlyList<byte[]> Hashes, string Checkpoint)
{
    /// <summary>The proof in the form of C2SP tlog-proof.</summary>
    public string ToText()
    {
        var text = new StringBuilder("c2sp.org/tlog-proof@v1\n").Append(CultureInfo.InvariantCulture, $"index {LeafIndex}\n");
        foreach (var hash in Hashes)
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        return text.Append('\n').Append(Checkpoint).ToString();
    }

    /// <summary>Reads what <see cref="InclusionProof.ToText"/> wrote; the signature is not looked at.</summary>
    /// <returns>False when it is no proof.</returns>
    internal static bool TryParse(string text, [NotNullWhen(true)] out ParsedProof? proof)
    {
        proof = null;
        var parting = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (parting < 0 || text[..parting].Split('\n') is not ["c2sp.org/tlog-proof@v1", var index, .. var encoded]
            || !index.StartsWith("index ", StringComparison.Ordinal)
            || !long.TryParse(index["index ".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var leaf))
        {
            return false;
        }

        var hashes = new List<byte[]>(encoded.Length);
        foreach (var line in encoded)
        {
            if (!Base64Text.TryDecode(line, out var hash) || hash.Length != MerkleTree.HashLength)
                return false;
            hashes.Add(hash);
        }

        proof = new ParsedProof(leaf, hashes, text[(parting + 2)..]);
        return true;
    }
}

/// <summary>A proof as it was read from its text.</summary>
/// <param name="LeafIndex">The leaf's place, from 0.</param>
/// <param name="Hashes">The path's hashes, from the leaf up.</param>
/// <param name="Checkpoint">The signed note.</param>
sealed record ParsedProof(long LeafIndex, IReadOnlyList<byte[]> Hashes, string Checkpoint);
