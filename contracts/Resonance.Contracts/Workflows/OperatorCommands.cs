using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Resonance.Contracts.Workflows;

/// <summary>What an operator asks of a workflow instance; every workflow accepts all seven.</summary>
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

    /// <summary>
    /// What to change in the instance's data first: a JSON merge patch (RFC 7396), an object of at most 64 KiB. Null changes nothing.
    /// </summary>
    [JsonObject]
    public JsonElement? Data { get; init; }
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

/// <summary>
/// Takes a reply from the operator in place of the worker's, and goes on with it: for an activity that failed, or that is the only one
/// under way. While an instance undoes what it did, it says that the activity was undone by hand.
/// </summary>
public sealed record SkipActivity : IOperatorCommand
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

    /// <summary>
    /// The reply, as the contract of the activity's reply has it, an object of at most 64 KiB. <c>workflowId</c> and
    /// <c>idempotencyKey</c> may be left out.
    /// </summary>
    [JsonObject]
    public required JsonElement Reply { get; init; }
}

/// <summary>Brings a suspended instance to an end: what was left to do was done by hand. Nothing is undone.</summary>
public sealed record ResolveWorkflow : IOperatorCommand
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

    /// <summary>The end, as in code or on screen, e.g. <c>COMPLETED</c>; null for the one with the status <c>completed</c>.</summary>
    [StringLength(128, MinimumLength = 1), PlainText]
    public string? State { get; init; }
}
