namespace Resonance.Audit.Ledger;

/// <summary>Something that does not agree.</summary>
/// <param name="Kind">See <see cref="FindingKind"/>.</param>
/// <param name="WorkflowId">The instance; null when it is none's.</param>
/// <param name="Sequence">The step; null when it is none.</param>
/// <param name="Detail">What disagrees with what, a sentence.</param>
public sealed record Finding(string Kind, Guid? WorkflowId, long? Sequence, string Detail);

/// <summary>The kinds of findings that the witness makes as it goes. Stored for ever: add, never rename.</summary>
public static class FindingKind
{
    /// <summary>Two rows claim to be the same step: an engine told of one hash, and the ledger has another.</summary>
    public const string Fork = "fork";

    /// <summary>The journal's row has another hash than the one that was witnessed.</summary>
    public const string HashDiffers = "hashDiffers";

    /// <summary>A step that was witnessed is not in the journal.</summary>
    public const string RowMissing = "rowMissing";
}
