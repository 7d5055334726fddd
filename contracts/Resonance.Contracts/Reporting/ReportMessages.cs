using System.ComponentModel.DataAnnotations;
using Resonance.Contracts.Workflows;

namespace Resonance.Contracts.Reporting;

/// <summary>Starts a reporting workflow: the figures of a period are collected from the journal, written down, and kept.</summary>
public sealed record GenerateReport : IValidatableObject
{
    /// <summary>Identity of the report and of its workflow; the same id never makes a second report.</summary>
    [NotEmpty]
    public required Guid ReportId { get; init; }

    /// <summary><c>workflows</c> for the figures of every workflow, or the type of one, e.g. <c>order</c>.</summary>
    [Required, StringLength(64, MinimumLength = 1), ReportKind]
    public required string Kind { get; init; }

    /// <summary>First moment of the period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The moment after the period's last: later than <see cref="From"/>, by at most 366 days.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>How it is written down: <c>csv</c> or <c>html</c>.</summary>
    [Required, StringLength(16, MinimumLength = 1), ReportFormat]
    public required string Format { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ReportPeriod.Check(From, To);
}

/// <summary>
/// Counts what one workflow did in a period. Answered by <see cref="FiguresCollected"/>, or by <see cref="ActivityFailed"/>.
/// </summary>
public sealed record CollectFigures : IActivityCommand, IValidatableObject
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>The type of the workflow that is counted.</summary>
    [Required, StringLength(64, MinimumLength = 1), ReportKind]
    public required string Workflow { get; init; }

    /// <summary>First moment of the period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The moment after the period's last: later than <see cref="From"/>, by at most 366 days.</summary>
    public required DateTimeOffset To { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ReportPeriod.Check(From, To);
}

/// <summary>The figures of one workflow.</summary>
public sealed record FiguresCollected : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>What was counted.</summary>
    [Required]
    public required ReportFigures Figures { get; init; }
}

/// <summary>
/// Writes a report down and keeps it as a document under the report's id. Answered by <see cref="ReportRendered"/>, or by
/// <see cref="ActivityFailed"/>, not retryable: a document with that id was there before.
/// </summary>
public sealed record RenderReport : IActivityCommand, IValidatableObject
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128)]
    public required string IdempotencyKey { get; init; }

    /// <summary>Identity of the report and of the document.</summary>
    [NotEmpty]
    public required Guid ReportId { get; init; }

    /// <summary>What people call the report, e.g. <c>REPORTING-1001</c>.</summary>
    [Required, StringLength(128, MinimumLength = 1)]
    public required string Key { get; init; }

    /// <summary><c>workflows</c>, or the type of one workflow.</summary>
    [Required, StringLength(64, MinimumLength = 1), ReportKind]
    public required string Kind { get; init; }

    /// <summary>First moment of the period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The moment after the period's last.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary><c>csv</c> or <c>html</c>.</summary>
    [Required, StringLength(16, MinimumLength = 1), ReportFormat]
    public required string Format { get; init; }

    /// <summary>The figures of each workflow, in the order in which they are to stand in the report; at least one.</summary>
    [Required, Length(1, 1000)]
    public required IReadOnlyList<ReportFigures> Figures { get; init; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var problem in ReportPeriod.Check(From, To))
            yield return problem;
        if (Figures is not null && !Figures.All(figures => figures?.Timeline is { } timeline && timeline.IsLike(Figures[0].Timeline)))
            yield return new ValidationResult("The timelines must count the same hours or days.", [nameof(Figures)]);
    }
}

/// <summary>The report is written down and kept.</summary>
public sealed record ReportRendered : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>Name of the document as a file, e.g. <c>workflows-20261122T0000Z-20261123T0000Z.html</c>.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Its media type, e.g. <c>text/html; charset=utf-8</c>.</summary>
    [Required]
    public required string MediaType { get; init; }

    /// <summary>Its size in bytes, above 0.</summary>
    public required long Size { get; init; }
}

/// <summary>The report can be read.</summary>
public sealed record ReportPublished
{
    /// <summary>The report; <c>GET /api/reports/{id}</c> shows it.</summary>
    public required Guid ReportId { get; init; }

    /// <summary><c>workflows</c>, or the type of one workflow.</summary>
    public required string Kind { get; init; }

    /// <summary>First moment of the period, UTC.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The moment after the period's last, UTC.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary><c>csv</c> or <c>html</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Its size in bytes, above 0.</summary>
    public required long Size { get; init; }
}

/// <summary>There is no report, and there will be none.</summary>
public sealed record ReportFailed
{
    /// <summary>The report that was asked for.</summary>
    public required Guid ReportId { get; init; }

    /// <summary><c>workflows</c>, or the type of one workflow.</summary>
    public required string Kind { get; init; }

    /// <summary>Why, for people.</summary>
    public required string Reason { get; init; }
}
