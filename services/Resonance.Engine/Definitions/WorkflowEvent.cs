using System.Linq.Expressions;
using System.Text.Json;
using MassTransit;
using Resonance.Engine.Delivery;

namespace Resonance.Engine.Definitions;

/// <summary>An event from outside that a workflow accepts, its type forgotten.</summary>
public sealed record WorkflowEvent
{
    /// <summary>The contract of the event.</summary>
    public required Type Contract { get; init; }

    /// <summary>Reads the instance id from an event.</summary>
    public required Func<object, Guid> IdOf { get; init; }

    /// <summary>The member of the event's JSON that holds the instance id; null when the id is not a member of its own.</summary>
    public required string? IdMember { get; init; }

    /// <summary>Serialises an event without sending it.</summary>
    internal Func<ISendEndpoint, object, CancellationToken, Task<OutgoingMessage>> Capture { get; init; } = null!;

    internal static WorkflowEvent For<T>(Expression<Func<T, Guid>> id) where T : class
    {
        var idOf = id.Compile();
        return new WorkflowEvent
        {
            Contract = typeof(T),
            IdOf = message => idOf((T)message),
            IdMember = id.Body is MemberExpression { Expression: ParameterExpression, Member.Name: var name }
                ? JsonNamingPolicy.CamelCase.ConvertName(name)
                : null,
            Capture = (endpoint, message, cancellationToken) => OutgoingMessage.CaptureAsync(
                endpoint,
                (T)message,
                Pipe.Execute<SendContext<T>>(context => context.CorrelationId = idOf((T)message)),
                idOf((T)message),
                cancellationToken),
        };
    }
}
