namespace Resonance.Engine.Storage;

/// <summary>One workflow instance as stored.</summary>
public sealed record WorkflowRow
{
    public required Guid Id { get; init; }

    /// <summary>The workflow's name, e.g. <c>order</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What people call the instance, e.g. <c>ORDER-12401</c>; unique in its type.</summary>
    public required string Key { get; init; }

    /// <summary>Name of the state, PascalCase.</summary>
    public required string State { get; init; }

    /// <summary>One of <see cref="Definitions.WorkflowStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Number of steps committed; 0 for a start that was accepted and not yet executed.</summary>
    public required long Version { get; init; }

    /// <summary>The instance's own data, a JSON object.</summary>
    public required string Data { get; init; }

    /// <summary>Identifies the definition that took the last step, hexadecimal.</summary>
    public required string DefinitionHash { get; init; }

    /// <summary>0 to 9.</summary>
    public required int Priority { get; init; }

    /// <summary>W3C trace id of the workflow, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Hash of the last journal row, 32 bytes; 32 zero bytes at version 0.</summary>
    public required byte[] HeadHash { get; init; }
}
