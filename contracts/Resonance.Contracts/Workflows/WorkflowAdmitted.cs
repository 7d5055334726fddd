namespace Resonance.Contracts.Workflows;

/// <summary>The turn of an instance that was queued has come. An engine sends it to the instance.</summary>
public sealed record WorkflowAdmitted
{
    /// <summary>The workflow.</summary>
    public required Guid WorkflowId { get; init; }

    /// <summary>The message that started it, as JSON.</summary>
    public required string Start { get; init; }
}
