using Resonance.Engine.Definitions;

namespace Resonance.Engine.Delivery;

public sealed partial class WorkflowClient
{
    /// <summary>
    /// Sends an instance an event that its workflow declares with <c>Accepts(...)</c>, unless its state does not accept it.
    /// </summary>
    /// <remarks>The instance decides for good when the event arrives; what it then rejects stands in its journal.</remarks>
    /// <param name="id">The instance.</param>
    /// <param name="contract">The event's contract, by its name with or without the namespace.</param>
    /// <param name="message">A valid message of that contract about this instance.</param>
    /// <param name="cancellationToken">Stops waiting; whether the event was accepted is then unknown.</param>
    /// <exception cref="ArgumentException">The message is of another contract, or about another instance.</exception>
    public Task<RaiseResult> RaiseAsync(Guid id, string contract, object message, CancellationToken cancellationToken = default) =>
        RaiseAsync(id, contract, message, messageId: null, cancellationToken);

    /// <inheritdoc cref="RaiseAsync(Guid,string,object,CancellationToken)"/>
    /// <param name="id">The instance.</param>
    /// <param name="contract">The event's contract, by its name with or without the namespace.</param>
    /// <param name="message">A valid message of that contract about this instance.</param>
    /// <param name="messageId">Names the message, which the instance takes once; null for a new one.</param>
    /// <param name="cancellationToken">Stops waiting; whether the event was accepted is then unknown.</param>
    public async Task<RaiseResult> RaiseAsync(
        Guid id, string contract, object message, Guid? messageId, CancellationToken cancellationToken = default)
    {
        var rows = await _store.LoadAsync([id], cancellationToken);
        if (!rows.TryGetValue(id, out var row) || _catalog.Find(row.Type) is not { } workflow)
            return new RaiseResult(RaiseOutcome.NotFound, null, []);
        if (workflow.FindEvent(contract) is not { } raised)
            return new RaiseResult(RaiseOutcome.Unknown, row.State, workflow.Events);
        if (!raised.Contract.IsInstanceOfType(message))
            throw new ArgumentException($"The event is a {raised.Contract.Name}; found {message.GetType().Name}.", nameof(message));
        if (raised.IdOf(message) != id)
            throw new ArgumentException($"The event is about instance {raised.IdOf(message)}, not about {id}.", nameof(message));

        var accepted = row.Version == 0 ? [] : workflow.AcceptedEvents(row.State, row.Data);
        if (!accepted.Contains(raised))
            return new RaiseResult(RaiseOutcome.NotAccepted, row.State, accepted);

        var trace = await InstanceTrace.FindAsync(_store, id, cancellationToken);
        using var span = InstanceTrace.GoOn($"event {raised.Contract.Name}", trace);
        var endpoint = await _bus.GetSendEndpoint(Addresses.Endpoint(workflow.Type));
        var outgoing = (await raised.Capture(endpoint, message, cancellationToken)).Named(messageId);
        await _store.EnqueueAsync([outgoing.Row], _options.Lease, cancellationToken);
        _ = _sender.BeginAsync([outgoing]);
        return new RaiseResult(RaiseOutcome.Accepted, row.State, accepted);
    }
}

/// <summary>What became of an event from outside.</summary>
public enum RaiseOutcome
{
    /// <summary>Durable: the instance will receive it.</summary>
    Accepted,

    /// <summary>There is no such instance.</summary>
    NotFound,

    /// <summary>The instance's workflow declares no such event.</summary>
    Unknown,

    /// <summary>The instance does not accept it now.</summary>
    NotAccepted,
}

/// <param name="Outcome">What became of it.</param>
/// <param name="State">The instance's state, PascalCase; null when there is none.</param>
/// <param name="Events">
/// The events that the instance accepts now; with <see cref="RaiseOutcome.Unknown"/> those that its workflow declares.
/// </param>
public sealed record RaiseResult(RaiseOutcome Outcome, string? State, IReadOnlyList<WorkflowEvent> Events);
