using System.ComponentModel.DataAnnotations;
using Resonance.Contracts.Workflows;

namespace Resonance.Contracts.Reconciliation;

/// <summary>
/// Fetches the provider's statement and compares it with our books. Lines that persons have settled stay settled; all others are found
/// anew. Answered by <see cref="StatementMatched"/>, or by <see cref="ActivityFailed"/>: not retryable for a provider that nobody knows,
/// retryable while the statement cannot be fetched or is no statement.
/// </summary>
public sealed record MatchStatement : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The reconciliation that the lines belong to.</summary>
    [NotEmpty]
    public required Guid ReconciliationId { get; init; }

    /// <summary>The card provider's short name, e.g. <c>simulated</c>.</summary>
    [Required, StringLength(64, MinimumLength = 1), PlainText]
    public required string Provider { get; init; }

    /// <summary>Beginning of the period, UTC.</summary>
    [Utc]
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the period, UTC, not part of it.</summary>
    [Utc]
    public required DateTimeOffset To { get; init; }
}

/// <summary>The statement was compared with our books.</summary>
public sealed record StatementMatched : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>Lines of the statement that belong to the period, those that cannot be read included; from 0.</summary>
    [Range(0, long.MaxValue)]
    public required long StatementLines { get; init; }

    /// <summary>Entries of our books in the period, from 0.</summary>
    [Range(0, long.MaxValue)]
    public required long LedgerEntries { get; init; }

    /// <summary>What is left to settle.</summary>
    [Required]
    public required ReconciliationBalance Balance { get; init; }
}

/// <summary>
/// Settles lines for a person. Answered by <see cref="ResolutionBooked"/>, or by <see cref="ActivityFailed"/>, not retryable, when a
/// line does not exist or is settled already; then none is settled.
/// </summary>
public sealed record BookResolution : IActivityCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The reconciliation that the lines belong to.</summary>
    [NotEmpty]
    public required Guid ReconciliationId { get; init; }

    /// <summary>Ids of the lines, 1 to 1,000; null for all that are open.</summary>
    [Length(1, 1000)]
    public IReadOnlyList<string>? Lines { get; init; }

    /// <summary>Who settles them.</summary>
    [Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string Operator { get; init; }

    /// <summary>Why they are settled, for people.</summary>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}

/// <summary>The lines are settled.</summary>
public sealed record ResolutionBooked : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>Lines that this resolution settled, from 0.</summary>
    [Range(0, long.MaxValue)]
    public required long Resolved { get; init; }

    /// <summary>What is left to settle.</summary>
    [Required]
    public required ReconciliationBalance Balance { get; init; }
}
