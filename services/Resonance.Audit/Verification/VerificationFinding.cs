namespace Resonance.Audit.Verification;

/// <summary>Something that does not agree.</summary>
/// <param name="Kind">One of <see cref="Ledger.FindingKind"/>.</param>
/// <param name="WorkflowId">The instance; null when it is none's.</param>
/// <param name="Key">What people call the instance, e.g. <c>ORDER-12401</c>; null when it is none's.</param>
/// <param name="Sequence">The step; null when it is none.</param>
/// <param name="Detail">What disagrees with what: sentences for people.</param>
public sealed record VerificationFinding(string Kind, Guid? WorkflowId, string? Key, long? Sequence, string Detail);
