using MassTransit;
using Resonance.Contracts.Workflows;

namespace Resonance.Engine.Workers;

/// <summary>
/// A worker whose work is done in the configured database: once for each idempotency key, however often and wherever the command
/// arrives, and every delivery gets the same answer.
/// </summary>
/// <remarks>
/// Work and reply commit together. An exception rolls both back and goes to the bus's retry policy; outcomes that are to be expected
/// are values of <see cref="WorkerResult"/>. For work that is done elsewhere see <see cref="RemoteActivityWorker{TCommand,TReply}"/>.
/// </remarks>
/// <typeparam name="TCommand">The command that is carried out.</typeparam>
/// <typeparam name="TReply">Its reply; besides it only <see cref="ActivityFailed"/> is sent.</typeparam>
public abstract class ActivityWorker<TCommand, TReply>(WorkerEffects effects) : IConsumer<TCommand>
    where TCommand : class, IActivityCommand
    where TReply : class, IActivityReply
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<TCommand> context)
    {
        var command = context.Message;
        return effects.AnswerAsync(context, () => effects.TransactAsync<TCommand, TReply>(
            command, (transaction, token) => ExecuteAsync(command, transaction, token), context.CancellationToken));
    }

    /// <summary>Does the work.</summary>
    /// <param name="command">What is asked for.</param>
    /// <param name="transaction">All writes belong in it. No other transaction may be opened meanwhile: SQLite has one writer.</param>
    /// <param name="cancellationToken">The process stops, or the message is given up.</param>
    /// <returns>A reply, or a value of <see cref="WorkerResult"/>; unless it is a reply, everything written is undone.</returns>
    protected abstract Task<WorkerResult<TReply>> ExecuteAsync(
        TCommand command, WorkerTransaction transaction, CancellationToken cancellationToken);
}
