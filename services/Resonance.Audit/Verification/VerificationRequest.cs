namespace Resonance.Audit.Verification;

/// <summary>What to verify.</summary>
public sealed record VerificationRequest
{
    /// <summary>Only this instance, and that its steps are in the tree; null for everything.</summary>
    public Guid? WorkflowId { get; init; }

    /// <summary>Files of checkpoints, or folders of such, beside those that are stored and exported.</summary>
    public IReadOnlyList<string> Checkpoints { get; init; } = [];
}

/// <summary>What was verified.</summary>
/// <param name="Instances">Instances whose journal was read.</param>
/// <param name="Rows">Rows of the journal.</param>
/// <param name="Leaves">Leaves of the ledger that were read.</param>
/// <param name="Checkpoints">Checkpoints with a right signature.</param>
/// <param name="Findings">Things that do not agree.</param>
public sealed record VerificationResult(long Instances, long Rows, long Leaves, long Checkpoints, long Findings);
