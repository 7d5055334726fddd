using System.Collections.Concurrent;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;
using Xunit;

namespace Resonance.Tests.Engine.Workers;

/// <summary>Workers on a bus in memory, with a database of their own. It delivers a command and waits until its consumer is done.</summary>
sealed class WorkerBench : IAsyncDisposable, ISendObserver, IReceiveObserver
{
    static readonly Uri ReplyAddress = new("loopback://localhost/replies");

    readonly ConcurrentDictionary<Guid, TaskCompletionSource<Exception?>> _deliveries = new();
    readonly ConcurrentDictionary<Guid, IActivityReply> _replies = new();
    readonly ServiceProvider _services;

    WorkerBench(Action<IBusRegistrationConfigurator> addWorkers)
    {
        _services = new ServiceCollection()
            .AddSingleton<WorkerDatabase>()
            .AddSingleton<IDatabase>(services => services.GetRequiredService<WorkerDatabase>())
            .AddMassTransitTestHarness(TextWriter.Null, bus => addWorkers(bus))
            .BuildServiceProvider(validateScopes: true);
        Harness = _services.GetRequiredService<ITestHarness>();
    }

    public ITestHarness Harness { get; }

    public IServiceProvider Services => _services;

    public static async Task<WorkerBench> StartAsync(
        Action<IBusRegistrationConfigurator> addWorkers, Func<IDatabase, CancellationToken, Task> migrate)
    {
        var bench = new WorkerBench(addWorkers);
        await migrate(bench._services.GetRequiredService<IDatabase>(), TestContext.Current.CancellationToken);
        await bench.Harness.Start();
        bench.Harness.Bus.ConnectSendObserver(bench);
        bench.Harness.Bus.ConnectReceiveObserver(bench);
        return bench;
    }

    /// <returns>The reply; null when the consumer was done without one.</returns>
    /// <exception cref="Exception">What the consumer threw.</exception>
    public async Task<IActivityReply?> DeliverAsync<TCommand>(string queue, TCommand command, bool withResponseAddress = true)
        where TCommand : class, IActivityCommand
    {
        var delivery = NewId.NextGuid();
        var done = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _deliveries[delivery] = done;
        var endpoint = await Harness.Bus.GetSendEndpoint(new Uri($"queue:{queue}"));
        await endpoint.Send(
            command,
            context =>
            {
                context.RequestId = delivery;
                context.ResponseAddress = withResponseAddress ? ReplyAddress : null;
            },
            TestContext.Current.CancellationToken);
        if (await done.Task.WaitAsync(TestContext.Current.CancellationToken) is { } exception)
            throw exception;
        return _replies.GetValueOrDefault(delivery);
    }

    public Task<IReadOnlyList<TRow>> QueryAsync<TRow>(string sql, Func<System.Data.Common.DbDataReader, TRow> read) =>
        _services.GetRequiredService<IDatabase>().TransactAsync(
            (connection, transaction, token) => new WorkerTransaction(connection, transaction).QueryAsync(sql, [], read, token),
            TestContext.Current.CancellationToken);

    public async Task<long> CountAsync(string sql) => (await QueryAsync(sql, row => row.GetInt64(0))).Single();

    public Task<int> ExecuteAsync(string sql) =>
        _services.GetRequiredService<IDatabase>().TransactAsync(
            (connection, transaction, token) => new WorkerTransaction(connection, transaction).ExecuteAsync(sql, [], token),
            TestContext.Current.CancellationToken);

    /// <returns>Every effect: its key, its attempts, and the short name of its reply's type, null when the work was not done.</returns>
    public Task<IReadOnlyList<(string Key, long Attempts, string? Reply)>> ReadEffectsAsync() => QueryAsync(
        "SELECT idempotency_key, attempts, reply_type FROM worker_effect ORDER BY idempotency_key",
        row => (row.GetString(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetString(2).Split('.', '+')[^1]));

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    Task ISendObserver.PreSend<T>(SendContext<T> context) => Task.CompletedTask;

    Task ISendObserver.PostSend<T>(SendContext<T> context)
    {
        if (context.Message is IActivityReply reply && context.DestinationAddress == ReplyAddress)
            _replies[context.RequestId!.Value] = reply;
        return Task.CompletedTask;
    }

    Task ISendObserver.SendFault<T>(SendContext<T> context, Exception exception) => Task.CompletedTask;

    Task IReceiveObserver.PreReceive(ReceiveContext context) => Task.CompletedTask;

    Task IReceiveObserver.PostReceive(ReceiveContext context) => Task.CompletedTask;

    Task IReceiveObserver.PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) => EndAsync(context, null);

    Task IReceiveObserver.ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) =>
        EndAsync(context, exception);

    Task IReceiveObserver.ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;

    Task EndAsync(ConsumeContext context, Exception? exception)
    {
        if (context.RequestId is { } delivery && _deliveries.TryGetValue(delivery, out var done))
            done.TrySetResult(exception);
        return Task.CompletedTask;
    }
}
