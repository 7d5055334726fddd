namespace Resonance.Contracts.Workflows;

/// <summary>No reply came in time. A workflow sends it to itself.</summary>
public sealed record ActivityTimedOut
{
    /// <summary>The workflow.</summary>
    public required Guid WorkflowId { get; init; }

    /// <summary>The key of the command that was not answered.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>The attempt that was not answered, 1 for the first.</summary>
    public required int Attempt { get; init; }
}

/// <summary>The wait before the next attempt is over. A workflow sends it to itself.</summary>
public sealed record ActivityRetryDue
{
    /// <summary>The workflow.</summary>
    public required Guid WorkflowId { get; init; }

    /// <summary>The key of the command that is sent again.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>The attempt that follows.</summary>
    public required int Attempt { get; init; }
}

/// <summary>A state was not left in time. A workflow sends it to itself.</summary>
public sealed record DeadlineExpired
{
    /// <summary>The workflow.</summary>
    public required Guid WorkflowId { get; init; }

    /// <summary>The state.</summary>
    public required string State { get; init; }

    /// <summary>Tells this stay in the state from an earlier one.</summary>
    public required Guid Token { get; init; }
}

/// <summary>An engine found that nothing can move the instance on any more: its timer is lost. Engines send it to the instance.</summary>
public sealed record RecoverWorkflow
{
    /// <summary>The workflow.</summary>
    public required Guid WorkflowId { get; init; }

    /// <summary>The number of steps that the instance had taken when it was found.</summary>
    public required long Version { get; init; }
}
