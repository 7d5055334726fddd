using MassTransit;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Delivery;

namespace Resonance.Engine.Testing;

/// <summary>Sends nothing by itself: what was committed lies in the outbox until the harness takes it from there.</summary>
sealed class HeldMessages(IBus bus, OutboxCompletions completions, DeliveryOptions options, ILogger<OutboxSender> log)
    : OutboxSender(bus, completions, options, log)
{
    public override Task BeginAsync(IReadOnlyList<OutgoingMessage> messages) => Task.CompletedTask;
}
