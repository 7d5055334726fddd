using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Logging;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Storage;
using ValidationResult = System.ComponentModel.DataAnnotations.ValidationResult;

namespace Resonance.Engine.Workers;

/// <summary>Remembers in <c>worker_effect</c> what was done for each idempotency key, and what was answered.</summary>
/// <remarks>Workers take it from the container and hand it to their base.</remarks>
public sealed class WorkerEffects(IDatabase database, TimeProvider time, ILogger<WorkerEffects> logger)
{
    const string BeforeWork = "before_work";

    /// <summary>Has a command carried out, and answers it.</summary>
    internal async Task AnswerAsync<TCommand>(ConsumeContext<TCommand> context, Func<Task<IActivityReply?>> work)
        where TCommand : class, IActivityCommand
    {
        using var attempt = WorkerAttempt.Begin(context.Message);
        try
        {
            var reply = await work();
            attempt.Answered(reply);
            await RespondAsync(context, reply);
        }
        catch (Exception exception)
        {
            attempt.Failed(exception);
            throw;
        }
    }

    /// <summary>Does the work and keeps its reply in one transaction.</summary>
    internal async Task<IActivityReply?> TransactAsync<TCommand, TReply>(
        TCommand command, Func<WorkerTransaction, CancellationToken, Task<WorkerResult<TReply>>> work, CancellationToken cancellationToken)
        where TCommand : class, IActivityCommand
        where TReply : class, IActivityReply =>
        FindFault(command)?.ToReply(command) ?? await database.TransactAsync(
            async (connection, dbTransaction, token) =>
            {
                var transaction = new WorkerTransaction(connection, dbTransaction);
                var begun = await BeginAsync<TCommand, TReply>(transaction, command, token);
                if (begun.Answer is not null)
                    return begun.Answer;

                await dbTransaction.SaveAsync(BeforeWork, token);
                var result = await work(transaction, token);
                if (result.Reply is null)
                    await dbTransaction.RollbackAsync(BeforeWork, token);

                var reply = result.ToReply(command);
                if (result.IsFinal)
                    await KeepAsync<TReply>(transaction, command.IdempotencyKey, reply!, token);
                return reply;
            },
            cancellationToken);

    /// <summary>Has the work done elsewhere, outside any transaction, and keeps its reply afterwards.</summary>
    internal async Task<IActivityReply?> CallAsync<TCommand, TReply>(
        TCommand command, Func<CancellationToken, Task<WorkerResult<TReply>>> call, CancellationToken cancellationToken)
        where TCommand : class, IActivityCommand
        where TReply : class, IActivityReply
    {
        if (FindFault(command) is { } fault)
            return fault.ToReply(command);

        var begun = await database.TransactAsync(
            (connection, transaction, token) =>
                BeginAsync<TCommand, TReply>(new WorkerTransaction(connection, transaction), command, token),
            cancellationToken);
        if (begun.Answer is not null)
            return begun.Answer;

        var result = await call(cancellationToken);
        var reply = result.ToReply(command);
        if (!result.IsFinal)
            return reply;

        return await database.TransactAsync(
            (connection, transaction, token) =>
                KeepAsync<TReply>(new WorkerTransaction(connection, transaction), command.IdempotencyKey, reply!, token),
            cancellationToken);
    }

    /// <summary>Sends the reply to the address that the command names.</summary>
    async Task RespondAsync<TCommand>(ConsumeContext<TCommand> context, IActivityReply? reply)
        where TCommand : class, IActivityCommand
    {
        var command = typeof(TCommand).Name;
        var key = context.Message.IdempotencyKey;
        if (reply is null)
        {
            logger.LeftUnanswered(command, key);
            return;
        }

        if (reply is ActivityFailed failed)
            logger.Failed(command, key, failed.ErrorKind, failed.Message, failed.NonRetryable);

        // Without an address MassTransit would publish the reply to whoever listens.
        if (context.ResponseAddress is null)
            logger.NowhereToReply(command, key);
        else
            await context.RespondAsync((object)reply, reply.GetType());
    }

    /// <summary>A command that breaks its contract is answered, so that the workflow learns why, and leaves nothing behind.</summary>
    static WorkerRefusal? FindFault(IActivityCommand command)
    {
        const string kind = "invalid_command";
        if (string.IsNullOrWhiteSpace(command.IdempotencyKey))
            return WorkerResult.Refused(kind, "The command has no idempotency key; without one its effect cannot be told from others.");

        var faults = new List<ValidationResult>();
        return Validator.TryValidateObject(command, new ValidationContext(command), faults, validateAllProperties: true)
            ? null
            : WorkerResult.Refused(kind, string.Join(' ', faults.Select(fault => fault.ErrorMessage)));
    }

    /// <summary>
    /// Counts the attempt. A row that another delivery is writing makes this one wait until that one has committed or rolled back,
    /// so that two deliveries at once never both find the work undone.
    /// </summary>
    async Task<Begun> BeginAsync<TCommand, TReply>(WorkerTransaction transaction, TCommand command, CancellationToken cancellationToken)
        where TCommand : class, IActivityCommand
        where TReply : class, IActivityReply
    {
        var rows = await transaction.QueryAsync(
            """
            INSERT INTO worker_effect (idempotency_key, command, attempts, first_at, last_at) VALUES (@key, @command, 1, @now, @now)
            ON CONFLICT (idempotency_key) DO UPDATE SET attempts = worker_effect.attempts + 1, last_at = excluded.last_at
            WHERE worker_effect.command = excluded.command
            RETURNING reply_type, reply, attempts
            """,
            [("@key", command.IdempotencyKey), ("@command", typeof(TCommand).FullName), ("@now", Now())],
            row => (
                Answer: row.IsDBNull(0) ? null : Restore<TReply>(row.GetString(0), row.GetString(1)), Deliveries: row.GetInt64(2)),
            cancellationToken);

        if (rows is [var kept])
        {
            WorkerAttempt.Counted(kept.Deliveries);
            return new Begun(kept.Answer);
        }

        return new Begun(WorkerResult
            .Refused("idempotency_key_reused", $"The idempotency key '{command.IdempotencyKey}' belongs to a command of another type.")
            .ToReply(command));
    }

    /// <summary>Keeps the reply unless another delivery was faster; then that one's reply is the answer to both.</summary>
    async Task<IActivityReply?> KeepAsync<TReply>(
        WorkerTransaction transaction, string key, IActivityReply reply, CancellationToken cancellationToken)
        where TReply : class, IActivityReply
    {
        var rows = await transaction.QueryAsync(
            """
            UPDATE worker_effect
            SET reply_type = COALESCE(reply_type, @type), reply = COALESCE(reply, @reply), last_at = @now
            WHERE idempotency_key = @key
            RETURNING reply_type, reply
            """,
            [
                ("@key", key),
                ("@type", reply.GetType().FullName),
                ("@reply", JsonSerializer.Serialize(reply, reply.GetType(), JsonSerializerOptions.Web)),
                ("@now", Now()),
            ],
            row => Restore<TReply>(row.GetString(0), row.GetString(1)),
            cancellationToken);

        return rows is [var kept]
            ? kept
            : throw new InvalidOperationException($"The effect '{key}' was removed from worker_effect while its work was being done.");
    }

    static IActivityReply Restore<TReply>(string type, string json)
        where TReply : class, IActivityReply
    {
        IActivityReply? reply = null;
        if (type == typeof(TReply).FullName)
            reply = JsonSerializer.Deserialize<TReply>(json, JsonSerializerOptions.Web);
        else if (type == typeof(ActivityFailed).FullName)
            reply = JsonSerializer.Deserialize<ActivityFailed>(json, JsonSerializerOptions.Web);

        return reply ?? throw new InvalidOperationException(
            $"The kept reply is a '{type}', and this worker answers with '{typeof(TReply).FullName}'. " +
            "A reply's namespace and name are stored: give the new reply a new command.");
    }

    string Now() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <param name="Answer">What is answered without doing anything; null when the work is to be done.</param>
    readonly record struct Begun(IActivityReply? Answer);
}
