using MassTransit;
using Resonance.Engine.Delivery;
using Resonance.Engine.Queues;
using Resonance.Engine.Rules;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Definitions;

/// <summary>What anyone may know of a workflow without running it: names, start contract, states.</summary>
public sealed record WorkflowDescription
{
    /// <summary>Name, lower case, e.g. <c>order</c>; also the name of its queue.</summary>
    public required string Type { get; init; }

    /// <summary>Begins generated keys, e.g. <c>ORDER</c>.</summary>
    public required string KeyPrefix { get; init; }

    /// <summary>The contract that starts an instance.</summary>
    public required Type StartContract { get; init; }

    /// <summary>Reads the instance id from a start message.</summary>
    public required Func<object, Guid> IdOf { get; init; }

    /// <summary>Reads the key that the starter chose; null to have one generated.</summary>
    public required Func<object, string?> KeyOf { get; init; }

    /// <summary>Reads the priority, 0 to 9.</summary>
    public required Func<object, int> PriorityOf { get; init; }

    /// <summary>The settings that its admission queue begins with; null when every start begins at once. The queue has the workflow's name.</summary>
    public WorkQueueSettings? Admission { get; init; }

    /// <summary>Where a stored instance stands. It must have been executed: its version is above 0.</summary>
    public required Func<WorkflowRow, WorkflowSituation> Situation { get; init; }

    /// <summary>
    /// What is wrong with what an operator's request brings along, by member; nothing when it can be done. The instance must allow the
    /// action: see <see cref="WorkflowSituation.Actions"/>.
    /// </summary>
    public required Func<WorkflowRow, OperatorRequest, IReadOnlyDictionary<string, string[]>> Problems { get; init; }

    /// <summary>Why a stored instance, which another build may have stored, could not go on in this one; null when it can.</summary>
    public required Func<WorkflowRow, string?> WhyStranded { get; init; }

    /// <returns>The instance that a message is for; null when it is no message for an instance of this workflow.</returns>
    internal Guid? InstanceOf(object message) => StartContract.IsInstanceOfType(message)
        ? IdOf(message)
        : Events.FirstOrDefault(accepted => accepted.Contract.IsInstanceOfType(message))?.IdOf(message);

    /// <summary>The events from outside that instances accept at some time, by the name of their contract.</summary>
    public IReadOnlyList<WorkflowEvent> Events { get; init; } = [];

    /// <summary>Those of <see cref="Events"/> that an instance accepts now, by its state and its stored data.</summary>
    public Func<string, string, IReadOnlyList<WorkflowEvent>> AcceptedEvents { get; init; } = (_, _) => [];

    /// <summary>Serialises a start message without sending it.</summary>
    internal Func<ISendEndpoint, object, CancellationToken, Task<OutgoingMessage>> CaptureStart { get; init; } = null!;

    /// <summary>Every state, PascalCase, the first one first.</summary>
    public required IReadOnlyList<string> States { get; init; }

    /// <summary>The <see cref="WorkflowStatus"/> of an instance in a state.</summary>
    public required Func<string, string> StatusIn { get; init; }

    /// <summary>The rules that decide in it, by name.</summary>
    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary>The types that its instances' data and its activities' messages are made of.</summary>
    public IReadOnlyList<Type> DataTypes { get; init; } = [];

    /// <summary>The queues of the workers and workflows that its activities send commands to.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = [];

    /// <summary>What a picture of it shows.</summary>
    public WorkflowShape Shape { get; init; } = WorkflowShape.None;

    /// <summary>Identifies states, events, transitions and activities: 64 hexadecimal digits. A change to one of them changes it.</summary>
    public required string Hash { get; init; }

    /// <summary>The graph as a Mermaid state diagram.</summary>
    public required string Diagram { get; init; }

    /// <returns>The event of that contract, named with or without its namespace; null when the workflow declares none.</returns>
    public WorkflowEvent? FindEvent(string contract) =>
        Events.FirstOrDefault(candidate => candidate.Contract.FullName == contract || candidate.Contract.Name == contract);
}

/// <summary>Every workflow that this process knows.</summary>
public sealed class WorkflowCatalog
{
    readonly Dictionary<string, WorkflowDescription> _byType;

    /// <param name="descriptions">Descriptions with distinct types.</param>
    /// <exception cref="ArgumentException">Two have the same type.</exception>
    public WorkflowCatalog(IEnumerable<WorkflowDescription> descriptions)
    {
        _byType = descriptions.ToDictionary(description => description.Type, StringComparer.Ordinal);
    }

    public IReadOnlyCollection<WorkflowDescription> All => _byType.Values;

    /// <returns>The workflow of that type; null when there is none.</returns>
    public WorkflowDescription? Find(string type) => _byType.GetValueOrDefault(type);
}
