using System.Text.Json;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Resonance.Engine;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;
using Resonance.Workflows;
using Xunit;

namespace Resonance.Tests.Support;

/// <summary>The whole engine in the test's process: MassTransit's test harness over the in-memory broker, SQLite in memory.</summary>
sealed class WorkflowHarness : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowOutOfOrderMetadataProperties = true };

    readonly ServiceProvider _services;
    readonly List<IHostedService> _hosted;
    readonly Lock _lock = new();
    readonly List<StepCommit> _steps = [];
    TaskCompletionSource _stepped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    WorkflowHarness(ServiceProvider services)
    {
        _services = services;
        _hosted = [.. services.GetServices<IHostedService>()];
        services.GetRequiredService<CommittedSteps>().Committed += Remember;
    }

    public IServiceProvider Services => _services;

    public WorkflowClient Client => _services.GetRequiredService<WorkflowClient>();

    public IWorkflowStore Store => _services.GetRequiredService<IWorkflowStore>();

    public ITestHarness Bus => _services.GetTestHarness();

    /// <summary>Starts the engine with the workflows and workers that ship, and what the test adds.</summary>
    /// <remarks>Questions need a database in a file; one in memory has a single connection.</remarks>
    /// <param name="bus">More workflows and workers.</param>
    /// <param name="configure">More services.</param>
    /// <param name="times">The workflows' patience.</param>
    /// <param name="file">A database that outlives the harness, and that the read side can ask; one in memory when not given.</param>
    public static async Task<WorkflowHarness> StartAsync(
        Action<IBusRegistrationConfigurator>? bus = null, Action<IServiceCollection>? configure = null, WorkflowTimes? times = null,
        string? file = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(log => log.AddFilter(level => level >= LogLevel.Warning));
        services.AddSqliteStore(new SqliteOptions { ConnectionString = file is null ? "Data Source=:memory:" : $"Data Source={file};Pooling=False" });
        services.AddSingleton(new SchemaOptions(Migrate: true));
        services.AddSingleton(new SchemaSource((database, cancellationToken) => database.MigrateWorkersAsync(cancellationToken)));
        services.AddHostedService<SchemaStartup>();
        services.AddResonanceEngine(new DeliveryOptions { DoneWhenConsumed = true, Lease = TimeSpan.FromDays(1) });
        services.AddResonanceWorkflows(times ?? new WorkflowTimes());
        services.AddMassTransitTestHarness(harness =>
        {
            harness.DisableUsageTelemetry();
            harness.AddResonanceWorkflowEndpoints();
            harness.AddResonanceWorkers();
            bus?.Invoke(harness);
            harness.AddConfigureEndpointsCallback((context, _, endpoint) => endpoint.UseResonanceEndpoint(context));
            harness.UsingInMemory((context, transport) =>
            {
                transport.UseResonance(context);
                transport.ConfigureEndpoints(context);
            });
        });
        configure?.Invoke(services);

        var started = new WorkflowHarness(services.BuildServiceProvider(validateScopes: true));
        foreach (var service in started._hosted.OfType<IHostedLifecycleService>())
            await service.StartingAsync(TestContext.Current.CancellationToken);
        foreach (var service in started._hosted)
            await service.StartAsync(TestContext.Current.CancellationToken);
        return started;
    }

    /// <summary>Waits until a step of the instance satisfies the condition.</summary>
    /// <param name="workflowId">The instance.</param>
    /// <param name="condition">The step that is waited for.</param>
    /// <param name="whole">
    /// Whether the steps before it have to be known as well: each is told of by whoever committed it, and that may be a moment after the next
    /// one. False for an instance that did not begin here.
    /// </param>
    public async Task<StepCommit> UntilAsync(Guid workflowId, Func<StepCommit, bool> condition, bool whole = true)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (_steps.Find(step => step.Workflow.Id == workflowId && condition(step)) is { } found
                    && (!whole || IsKnownUpTo(found)))
                {
                    return found;
                }

                next = _stepped.Task;
            }

            try
            {
                await next.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"The step never came. So far:{Environment.NewLine}{string.Join(Environment.NewLine, Trail())}");
            }
        }
    }

    /// <summary>Lets the clock run, an hour at a time unless told otherwise, until what is waited for has come.</summary>
    public async Task<StepCommit> AdvanceUntilAsync(FakeTimeProvider clock, Task<StepCommit> awaited, TimeSpan? by = null)
    {
        while (!awaited.IsCompleted)
        {
            clock.Advance(by ?? TimeSpan.FromHours(1));
            await Task.WhenAny(awaited, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        return await awaited;
    }

    /// <summary>Waits until a timer of that name waits in the outbox.</summary>
    public async Task UntilWaitingAsync(string timer)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (await CountTimersAsync(timer, patience.Token) == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    /// <summary>Waits until the instance is in a state (PascalCase).</summary>
    public Task<StepCommit> UntilStateAsync(Guid workflowId, string state, bool whole = true) =>
        UntilAsync(workflowId, step => step.Workflow.State == state, whole);

    /// <summary>Everything committed so far, as the audit trail tells it.</summary>
    public IReadOnlyList<string> Trail()
    {
        lock (_lock)
            return [.. _steps.SelectMany(step => AuditTrail.Lines(step.Workflow.Key, step.Journal))];
    }

    /// <summary>Everything committed so far.</summary>
    public IReadOnlyList<StepCommit> Steps()
    {
        lock (_lock)
            return [.. _steps];
    }

    /// <summary>The committed steps of an instance.</summary>
    public IReadOnlyList<StepCommit> StepsOf(Guid workflowId)
    {
        lock (_lock)
            return [.. _steps.Where(step => step.Workflow.Id == workflowId)];
    }

    /// <summary>The journal entries of one kind of an instance, in their order.</summary>
    public IReadOnlyList<TEntry> EntriesOf<TEntry>(Guid workflowId) where TEntry : JournalEntry =>
        [.. StepsOf(workflowId).SelectMany(step => JsonSerializer.Deserialize<JournalEntry[]>(step.Journal.Entries, Json)!).OfType<TEntry>()];

    public async ValueTask DisposeAsync()
    {
        foreach (var service in Enumerable.Reverse(_hosted))
            await service.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    Task<long> CountTimersAsync(string timer, CancellationToken cancellationToken) =>
        _services.GetRequiredService<IDatabase>().TransactAsync(
            async (connection, transaction, token) =>
            {
                await using var command = connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = $"SELECT count(*) FROM outbox WHERE timer = '{timer}'";
                return (long)(await command.ExecuteScalarAsync(token))!;
            },
            cancellationToken);

    bool IsKnownUpTo(StepCommit last) =>
        _steps.Count(step => step.Workflow.Id == last.Workflow.Id && step.Journal.Sequence <= last.Journal.Sequence) == last.Journal.Sequence;

    void Remember(StepCommit step)
    {
        TaskCompletionSource stepped;
        lock (_lock)
        {
            _steps.Add(step);
            stepped = _stepped;
            _stepped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        stepped.SetResult();
    }
}
