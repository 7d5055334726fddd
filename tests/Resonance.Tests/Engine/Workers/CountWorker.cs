using System.ComponentModel.DataAnnotations;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Workers;

namespace Resonance.Tests.Engine.Workers;

public sealed record CountUp : IActivityCommand
{
    public Guid WorkflowId { get; init; } = NewId.NextGuid();

    [StringLength(16)]
    public required string IdempotencyKey { get; init; }
}

public sealed record CountDown : IActivityCommand
{
    public Guid WorkflowId { get; init; } = NewId.NextGuid();

    public required string IdempotencyKey { get; init; }
}

public sealed record Counted : IActivityReply
{
    public required Guid WorkflowId { get; init; }

    public required string IdempotencyKey { get; init; }

    public required long Total { get; init; }
}

/// <summary>Decides how each attempt ends after it has counted; it counts by default.</summary>
sealed class CountScript
{
    int _attempts;

    public Func<int, WorkerRefusal?> EndOf { get; set; } = _ => null;

    /// <summary>Holds an attempt up before it ends; by default none is.</summary>
    public Func<int, Task> HoldUp { get; set; } = _ => Task.CompletedTask;

    public int Attempts => _attempts;

    public async Task<(int Attempt, WorkerRefusal? Refusal)> NextAsync()
    {
        var attempt = Interlocked.Increment(ref _attempts);
        await HoldUp(attempt);
        return (attempt, EndOf(attempt));
    }
}

/// <summary>Counts in a table, and leaves it to the script whether that stands.</summary>
sealed class CountUpWorker(WorkerEffects effects, CountScript script) : ActivityWorker<CountUp, Counted>(effects)
{
    public const string Queue = "count";

    public static Task<WorkerBench> StartBenchAsync(CountScript script) => WorkerBench.StartAsync(
        bus =>
        {
            bus.AddSingleton(script);
            bus.AddWorker<CountUpWorker>(Queue);
            bus.AddWorker<CountDownWorker>(Queue);
        },
        async (database, token) =>
        {
            await database.MigrateWorkerEffectsAsync(token);
            await database.TransactAsync(
                (connection, transaction, innerToken) => new WorkerTransaction(connection, transaction).ExecuteAsync(
                    "CREATE TABLE counter (total bigint NOT NULL); INSERT INTO counter (total) VALUES (0);", [], innerToken),
                token);
        });

    protected override async Task<WorkerResult<Counted>> ExecuteAsync(
        CountUp command, WorkerTransaction transaction, CancellationToken cancellationToken)
    {
        var totals = await transaction.QueryAsync(
            "UPDATE counter SET total = total + 1 RETURNING total", [], row => row.GetInt64(0), cancellationToken);
        if ((await script.NextAsync()).Refusal is { } refusal)
            return refusal;
        return new Counted { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey, Total = totals.Single() };
    }
}

/// <summary>Has a remote system count: the script stands for it.</summary>
sealed class CountDownWorker(WorkerEffects effects, CountScript script) : RemoteActivityWorker<CountDown, Counted>(effects)
{
    protected override async Task<WorkerResult<Counted>> CallAsync(CountDown command, CancellationToken cancellationToken)
    {
        var (attempt, refusal) = await script.NextAsync();
        if (refusal is not null)
            return refusal;
        return new Counted { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey, Total = -attempt };
    }
}
