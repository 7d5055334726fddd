using MassTransit;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Definitions;

/// <summary>How a called workflow learns whom to tell when it ends: contracts stay free of it, headers carry it.</summary>
static class CallerHeaders
{
    const string WorkflowId = "Resonance-Caller-Id";
    const string IdempotencyKey = "Resonance-Caller-Key";

    /// <summary>Marks a command with the workflow that sends it, and has replies sent there.</summary>
    public static IPipe<SendContext<T>> For<T>(Step step, string idempotencyKey) where T : class => Pipe.Execute<SendContext<T>>(context =>
    {
        context.CorrelationId = step.WorkflowId;
        context.ResponseAddress = step.InputAddress;
        context.Headers.Set(WorkflowId, step.WorkflowId.ToString("D"));
        context.Headers.Set(IdempotencyKey, idempotencyKey);
    });

    /// <returns>Who sent the message; null when no workflow did.</returns>
    public static Caller? Read(ConsumeContext context) =>
        context.ResponseAddress is { } address
        && Guid.TryParse(context.Headers.Get<string>(WorkflowId), out var id)
        && context.Headers.Get<string>(IdempotencyKey) is { Length: > 0 } key
            ? new Caller(address.ToString(), id, key)
            : null;
}
