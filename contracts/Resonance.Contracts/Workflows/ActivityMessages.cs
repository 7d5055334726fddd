using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts.Workflows;

/// <summary>A command that an activity of a workflow sends to a worker.</summary>
/// <remarks>
/// A worker does the work once for each <see cref="IdempotencyKey"/>, however often the command arrives, and sends every time the
/// same reply to the command's response address.
/// </remarks>
public interface IActivityCommand
{
    /// <summary>The workflow that waits for the reply; the reply carries it back.</summary>
    Guid WorkflowId { get; }

    /// <summary>Names the effect, the same for every attempt; the reply carries it back.</summary>
    string IdempotencyKey { get; }
}

/// <summary>A worker's answer to a command.</summary>
public interface IActivityReply
{
    /// <summary>The workflow that sent the command.</summary>
    Guid WorkflowId { get; }

    /// <summary>The key of the command that is answered.</summary>
    string IdempotencyKey { get; }
}

/// <summary>A worker's answer when it could not, or would not, do what was asked.</summary>
public sealed record ActivityFailed : IActivityReply
{
    /// <inheritdoc />
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <inheritdoc />
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>A short stable word that machines compare, e.g. <c>card_declined</c>.</summary>
    [Required]
    public required string ErrorKind { get; init; }

    /// <summary>What happened, for people.</summary>
    public required string Message { get; init; }

    /// <summary>True when trying again cannot help.</summary>
    public bool NonRetryable { get; init; }
}

/// <summary>Sent to the workflow that started (or last called) another one, when that one comes to an end.</summary>
public sealed record ChildWorkflowFinished : IActivityReply
{
    /// <summary>The workflow that waits: the parent.</summary>
    [NotEmpty]
    public required Guid WorkflowId { get; init; }

    /// <summary>The key under which the parent called the child.</summary>
    [Required]
    public required string IdempotencyKey { get; init; }

    /// <summary>The workflow that ended.</summary>
    [NotEmpty]
    public required Guid ChildId { get; init; }

    /// <summary>Its type, e.g. <c>payment</c>.</summary>
    public required string ChildType { get; init; }

    /// <summary>Its key, e.g. <c>PAYMENT-8923</c>.</summary>
    public required string ChildKey { get; init; }

    /// <summary>The state in which it ended, e.g. <c>Declined</c>.</summary>
    public required string State { get; init; }

    /// <summary><c>completed</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Why it failed or was cancelled, for people.</summary>
    public string? Reason { get; init; }
}
