namespace Resonance.Engine.Storage;

/// <summary>A message on its way out, with everything that sending it again takes. A timer is one that leaves later.</summary>
public sealed record OutboxMessage
{
    /// <summary>Identity of the message and of its row; receivers recognise a repeated message by it.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The instance that sends it; null for messages from outside a step.</summary>
    public Guid? WorkflowId { get; init; }

    /// <summary>Names a timer, so that it can be cancelled; null for what leaves at once.</summary>
    public Guid? Token { get; init; }

    /// <summary>What a timer is for, e.g. <c>ReserveInventory time-out</c>; null for what leaves at once.</summary>
    public string? Timer { get; init; }

    /// <summary>From now until it may leave; zero for at once. Counted on the store's clock.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Address without host, e.g. <c>queue:order</c> or <c>exchange:Resonance.Contracts.Orders:OrderCompleted</c>.</summary>
    public required string Destination { get; init; }

    public required string ContentType { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>Envelope fields, headers and transport properties: a JSON object, see <c>Delivery/StoredEnvelope</c>.</summary>
    public required string Envelope { get; init; }

    /// <summary>W3C <c>traceparent</c> under which it is sent.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Times that sending failed so far.</summary>
    public int Attempts { get; init; }

    /// <summary>With a claimed message: how long ago it came due, on the store's clock.</summary>
    public TimeSpan Overdue { get; init; }
}
