using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts.Workflows;

/// <summary>What an operator asks of a workflow instance; every workflow accepts all five.</summary>
public interface IOperatorCommand
{
    /// <summary>The instance.</summary>
    Guid WorkflowId { get; }

    /// <summary>Who asks.</summary>
    string Operator { get; }

    /// <summary>Why.</summary>
    string Reason { get; }
}

/// <summary>Tries again what failed, from the state in which it failed, attempts counted anew. Accepted by a suspended instance.</summary>
public sealed record RetryWorkflow : IOperatorCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string Operator { get; init; }

    /// <inheritdoc />
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}

/// <summary>Gives up an unfinished instance: what it did is undone, then it is cancelled.</summary>
public sealed record CancelWorkflow : IOperatorCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string Operator { get; init; }

    /// <inheritdoc />
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}

/// <summary>Holds a running instance where it is.</summary>
public sealed record SuspendWorkflow : IOperatorCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string Operator { get; init; }

    /// <inheritdoc />
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}

/// <summary>Lets an instance go on that an operator suspended, or that waits for a person's decision: the decision is yes.</summary>
public sealed record ResumeWorkflow : IOperatorCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string Operator { get; init; }

    /// <inheritdoc />
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}

/// <summary>Undoes what an instance did, also when it had completed.</summary>
public sealed record CompensateWorkflow : IOperatorCommand
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required, StringLength(128, MinimumLength = 1), PlainText]
    public required string Operator { get; init; }

    /// <inheritdoc />
    [Required, StringLength(512, MinimumLength = 1), PlainText]
    public required string Reason { get; init; }
}
