namespace Resonance.Audit.Ledger;

/// <summary>Something that does not agree.</summary>
/// <param name="Kind">See <see cref="FindingKind"/>.</param>
/// <param name="WorkflowId">The instance; null when it is none's.</param>
/// <param name="Sequence">The step; null when it is none.</param>
/// <param name="Detail">What disagrees with what, a sentence.</param>
public sealed record Finding(string Kind, Guid? WorkflowId, long? Sequence, string Detail);

/// <summary>The kinds of findings. Stored for ever: add, never rename.</summary>
public static class FindingKind
{
    /// <summary>Two rows claim to be the same step: an engine told of one hash, and the ledger has another.</summary>
    public const string Fork = "fork";

    /// <summary>The journal's row has another hash than the one that was witnessed.</summary>
    public const string HashDiffers = "hashDiffers";

    /// <summary>A step that was witnessed is not in the journal.</summary>
    public const string RowMissing = "rowMissing";

    /// <summary>What a journal row says is not what was witnessed, or not what its own hash was computed over.</summary>
    public const string RowEdited = "rowEdited";

    /// <summary>A journal row that no engine wrote there: it does not chain to the one before, or its instance does not know of it.</summary>
    public const string RowInserted = "rowInserted";

    /// <summary>Journal rows stand in another order than they were written in.</summary>
    public const string RowsReordered = "rowsReordered";

    /// <summary>Journal rows do not follow one another: a sequence is left out, or a row does not name the hash of the one before.</summary>
    public const string ChainBroken = "chainBroken";

    /// <summary>The hashes of rows were computed anew, to fit a row before them that was edited.</summary>
    public const string ChainRewritten = "chainRewritten";

    /// <summary>The instance is not what its last step left.</summary>
    public const string InstanceChanged = "instanceChanged";

    /// <summary>There is a journal, and its instance is gone.</summary>
    public const string InstanceMissing = "instanceMissing";

    /// <summary>An instance is gone with its whole journal.</summary>
    public const string WorkflowMissing = "workflowMissing";

    /// <summary>A step that should have been witnessed by now was not.</summary>
    public const string NotWitnessed = "notWitnessed";

    /// <summary>A row of the ledger is not what was witnessed.</summary>
    public const string LedgerRowEdited = "ledgerRowEdited";

    /// <summary>A leaf of the ledger is gone from between others.</summary>
    public const string LedgerRowMissing = "ledgerRowMissing";

    /// <summary>A leaf stands behind the ledger's end.</summary>
    public const string LedgerRowInserted = "ledgerRowInserted";

    /// <summary>The ledger ends before its size.</summary>
    public const string LedgerTruncated = "ledgerTruncated";

    /// <summary>A stored hash of many leaves is not the one that they give.</summary>
    public const string SubtreeChanged = "subtreeChanged";

    /// <summary>The ledger's own row claims another tree than the leaves give.</summary>
    public const string FrontierChanged = "frontierChanged";

    /// <summary>The ledger is shorter than a checkpoint that was signed over it.</summary>
    public const string LedgerRolledBack = "ledgerRolledBack";

    /// <summary>The ledger has another root at a size than the one that was signed.</summary>
    public const string LedgerRewritten = "ledgerRewritten";

    /// <summary>What is shown as a checkpoint was not signed by the log's key, or is none.</summary>
    public const string CheckpointForged = "checkpointForged";

    /// <summary>Two checkpoints bear the log's signature and cannot both be true.</summary>
    public const string CheckpointsContradict = "checkpointsContradict";

    /// <summary>A journal is said to be in an archive, and the file is not there.</summary>
    public const string ArchiveMissing = "archiveMissing";

    /// <summary>An archive does not hold what was put into it.</summary>
    public const string ArchiveChanged = "archiveChanged";
}
