using System.Text.Json.Serialization;
using MassTransit;

namespace Resonance.Engine.Definitions;

/// <summary>One run of a workflow. Derive from it and add what the workflow has to remember; all public properties are stored as JSON.</summary>
public abstract class WorkflowInstance : SagaStateMachineInstance
{
    /// <summary>The instance's id.</summary>
    [JsonIgnore]
    public Guid CorrelationId { get; set; }

    /// <summary>Name of the state.</summary>
    [JsonIgnore]
    public string CurrentState { get; set; } = null!;

    /// <summary>What people call the instance, e.g. <c>ORDER-12401</c>.</summary>
    [JsonIgnore]
    public string Key { get; internal set; } = null!;

    /// <summary>0 to 9.</summary>
    [JsonIgnore]
    public int Priority { get; internal set; }

    /// <summary>Steps that the instance had taken before the one at hand.</summary>
    [JsonIgnore]
    internal long Version { get; set; }

    /// <summary>When the instance was started, UTC.</summary>
    [JsonIgnore]
    public DateTimeOffset StartedAt { get; internal set; }

    /// <summary>Why the instance failed, was cancelled or waits; null while all is well.</summary>
    [JsonIgnore]
    public string? Reason => Engine.Suspension?.Cause ?? Engine.Reason;

    /// <summary>What the engine has to remember of the instance.</summary>
    [JsonInclude, JsonPropertyName(Bookkeeping.JsonName), JsonPropertyOrder(int.MaxValue)]
    internal Bookkeeping Engine { get; set; } = new();
}
