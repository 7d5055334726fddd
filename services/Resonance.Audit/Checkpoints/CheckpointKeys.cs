using Resonance.Audit.Ledger;

namespace Resonance.Audit.Checkpoints;

/// <summary>The keys whose checkpoints are this log's.</summary>
sealed class CheckpointKeys(string origin, IReadOnlyList<NoteVerifier> keys)
{
    /// <summary>The place of a checkpoint that is stored beside the ledger.</summary>
    public const string Database = "the database";

    public string Origin => origin;

    public bool IsEmpty => keys.Count == 0;

    /// <summary>The key of this installation, if it is here, and those that are configured. No key is made for verifying.</summary>
    /// <exception cref="AuditKeyException">The key file cannot be used.</exception>
    public static CheckpointKeys ForVerifying(CheckpointOptions options) => new(
        options.Origin,
        File.Exists(options.KeyPath) ? [KeyFile.Open(options.KeyPath, options.Origin).Verifier, .. options.AcceptedKeys] : options.AcceptedKeys);

    /// <summary>What the note says, when one of the keys signed it for this log; otherwise what is wrong with it.</summary>
    public (KnownCheckpoint? Known, Finding? Forged) Check(string note, string place)
    {
        if (!SignedNote.TryParse(note, out var signed) || !Checkpoint.TryParse(signed.Text, out var checkpoint))
            return (null, Unreadable(place));
        if (checkpoint.Origin != origin)
            return (null, Forged($"The checkpoint in {place} is that of the log '{checkpoint.Origin}', not of '{origin}'."));
        return keys.Any(signed.IsSignedBy)
            ? (new KnownCheckpoint(checkpoint, place), null)
            : (null, Forged(
                $"The checkpoint over {checkpoint.Size:N0} steps in {place} bears the signature of none of this log's keys " +
                $"({string.Join(", ", keys)}). Either it was forged, or another key signed before: then list that one's verifier key in " +
                "Audit:VerifierKeys, or give every process of the audit the same Audit:KeyFile."));
    }

    /// <summary>A row of the table says another size than its note.</summary>
    public static Finding Misplaced(long size) =>
        Forged($"The database has a checkpoint over {size:N0} steps whose signed note is about another size: the row was changed.");

    /// <summary>What should be a checkpoint cannot be read as one.</summary>
    public static Finding Unreadable(string place) =>
        Forged($"What stands in {place} as a checkpoint is none, or no longer: it cannot be read.");

    static Finding Forged(string detail) => new(FindingKind.CheckpointForged, null, null, detail);
}
