using MassTransit;
using Resonance.Contracts.Workflows;

namespace Resonance.Engine.Workers;

/// <summary>
/// A worker whose work is done by another system: every delivery gets the same answer, and the other system does the work once
/// because it recognises the idempotency key that it is handed.
/// </summary>
/// <remarks>
/// No transaction is open during the call, so a slow system holds neither locks nor connections. A process that dies between the call
/// and keeping the answer calls again, as do two deliveries at the same time: hand the command's idempotency key over, always.
/// </remarks>
/// <typeparam name="TCommand">The command that is carried out.</typeparam>
/// <typeparam name="TReply">Its reply; besides it only <see cref="ActivityFailed"/> is sent.</typeparam>
public abstract class RemoteActivityWorker<TCommand, TReply>(WorkerEffects effects) : IConsumer<TCommand>
    where TCommand : class, IActivityCommand
    where TReply : class, IActivityReply
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<TCommand> context)
    {
        var command = context.Message;
        return effects.AnswerAsync(context, () => effects.CallAsync<TCommand, TReply>(
            command, token => CallAsync(command, token), context.CancellationToken));
    }

    /// <summary>Has the work done.</summary>
    /// <param name="command">What is asked for; its idempotency key goes along.</param>
    /// <param name="cancellationToken">The process stops, or the message is given up.</param>
    /// <returns>A reply, or a value of <see cref="WorkerResult"/>.</returns>
    protected abstract Task<WorkerResult<TReply>> CallAsync(TCommand command, CancellationToken cancellationToken);
}
