using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts.Reconciliation;

/// <summary>
/// Starts a reconciliation workflow: what was captured and given back in a period is compared with the statement of the card provider.
/// </summary>
public sealed record StartReconciliation : IValidatableObject
{
    /// <summary>Identity of the reconciliation and of its workflow; the same id never starts a second one.</summary>
    [NotEmpty]
    public required Guid ReconciliationId { get; init; }

    /// <summary>The card provider's short name, e.g. <c>simulated</c>.</summary>
    [Required, StringLength(64, MinimumLength = 1), PlainText]
    public required string Provider { get; init; }

    /// <summary>Beginning of the period, UTC; what happened at this moment belongs to it.</summary>
    [Utc]
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the period, UTC, after <see cref="From"/>; what happened at this moment belongs to the next one.</summary>
    [Utc]
    public required DateTimeOffset To { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (From >= To)
            yield return new ValidationResult("The period must end after it begins; set 'to' to a later time than 'from'.", [nameof(To)]);
    }
}

/// <summary>
/// A person settles lines of a suspended reconciliation: all of those that are named, or none when one of them does not exist or is
/// settled already. When no line is left open the reconciliation is verified.
/// </summary>
public sealed record ResolveReconciliationLines
{
    /// <summary>The reconciliation.</summary>
    [NotEmpty]
    public required Guid ReconciliationId { get; init; }

    /// <summary>Ids of the lines (<see cref="ReconciliationLine.LineId"/>), 1 to 1,000; null or left out for all that are open.</summary>
    [Length(1, 1000)]
    public IReadOnlyList<string>? Lines { get; init; }

    /// <summary>Who settles them.</summary>
    [Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string Operator { get; init; }

    /// <summary>Why they are settled, for people.</summary>
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}

/// <summary>Our books and the provider's statement agree for a period, or persons have settled where they do not.</summary>
public sealed record ReconciliationVerified
{
    /// <summary>The reconciliation.</summary>
    public required Guid ReconciliationId { get; init; }

    /// <summary>The card provider's short name.</summary>
    public required string Provider { get; init; }

    /// <summary>Beginning of the period, UTC.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the period, UTC, not part of it.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Lines of the statement that belong to the period, from 0.</summary>
    public required long StatementLines { get; init; }

    /// <summary>Entries of our books in the period, from 0.</summary>
    public required long LedgerEntries { get; init; }

    /// <summary>Lines that persons have settled, from 0.</summary>
    public required long ResolvedLines { get; init; }

    /// <summary>Lines that are still open, from 0; above 0 only where the rule tolerates them.</summary>
    public required long OpenLines { get; init; }
}
