using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resonance.Engine.Admission;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Engine.Testing;

/// <summary>Unit-tests a workflow: the real engine in the test's process, in virtual time, without broker, database or workers.</summary>
public static class WorkflowTestHarness
{
    /// <summary>Starts an engine that runs one workflow.</summary>
    /// <param name="workflow">The workflow; what it takes in its constructor is the test's to give.</param>
    /// <param name="now">The time at which the test begins; 2026-01-01 00:00 UTC when left out.</param>
    /// <param name="cancellationToken">Ends this call and all that follow; the test's own.</param>
    /// <exception cref="WorkflowDefinitionException">The workflow is not sound; a host would not start with it either.</exception>
    public static async Task<WorkflowTestHarness<TInstance>> StartAsync<TInstance>(
        WorkflowStateMachine<TInstance> workflow, DateTimeOffset? now = null, CancellationToken cancellationToken = default)
        where TInstance : WorkflowInstance, new()
    {
        ArgumentNullException.ThrowIfNull(workflow);
        WorkflowVerifier.Verify(workflow);
        var clock = new VirtualClock(now ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<Random>(new NoChance());
        services.AddSqliteStore(new SqliteOptions { ConnectionString = "Data Source=:memory:" });

        // Without a lease, what a step sends may be taken from the outbox as soon as the step is committed.
        services.AddResonanceEngine(new DeliveryOptions { Lease = TimeSpan.Zero });
        services.AddSingleton<OutboxSender, HeldMessages>();
        services.AddWorkflowDefinition<WorkflowStateMachine<TInstance>>();
        var type = workflow.Description.Type;
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddWorkflow<WorkflowStateMachine<TInstance>, TInstance>(type);
            bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
            {
                _ = new ContractFilterObserver(endpoint);
                endpoint.PublishFaults = false;
                endpoint.DiscardFaultedMessages();
                endpoint.DiscardSkippedMessages();
            });
            bus.UsingInMemory((context, transport) =>
            {
                transport.UseResonance(context);
                transport.ConfigureEndpoints(context);
            });
        });

        // MassTransit would make the workflow itself; the test has made it.
        services.RemoveAll<WorkflowStateMachine<TInstance>>();
        services.AddSingleton(workflow);

        var harness = new WorkflowTestHarness<TInstance>(
            services.BuildServiceProvider(validateScopes: true), workflow.Description, clock, cancellationToken);
        await harness.StartAsync();
        return harness;
    }
}

/// <summary>
/// A running engine for one workflow. Every call returns when the step that it caused is committed, and everything that follows at once as
/// well; then nothing is under way. Commands to workers are not sent but kept, see <see cref="TestedWorkflow{TInstance}.NextCommand"/>.
/// </summary>
/// <remarks>One call at a time. Retries come without jitter. What the workflow's own code throws comes out of the call that caused it.</remarks>
public sealed class WorkflowTestHarness<TInstance> : IAsyncDisposable where TInstance : WorkflowInstance, new()
{
    static readonly TimeSpan WhileTaken = TimeSpan.FromDays(1);

    readonly ServiceProvider _services;
    readonly WorkflowDescription _workflow;
    readonly VirtualClock _clock;
    readonly CancellationToken _cancellation;
    readonly IBusControl _bus;
    readonly IWorkflowStore _store;
    readonly WorkflowClient _client;
    readonly Deliveries _deliveries;
    readonly AdmissionDesk? _admission;
    readonly string _address;
    readonly Dictionary<Guid, TestedWorkflow<TInstance>> _instances = [];
    DateTimeOffset? _nextAdmission;

    internal WorkflowTestHarness(ServiceProvider services, WorkflowDescription workflow, VirtualClock clock, CancellationToken cancellation)
    {
        _services = services;
        _workflow = workflow;
        _clock = clock;
        _cancellation = cancellation;
        _bus = services.GetRequiredService<IBusControl>();
        _store = services.GetRequiredService<IWorkflowStore>();
        _client = services.GetRequiredService<WorkflowClient>();
        _admission = workflow.Admission is null ? null : services.GetRequiredService<AdmissionDesk>();
        _deliveries = new Deliveries(services.GetRequiredService<OutboxSender>());
        _address = Addresses.Endpoint(workflow.Type).ToString();
        _bus.ConnectReceiveObserver(_deliveries);
        services.GetRequiredService<CommittedSteps>().Committed += step => Of(step.Workflow.Id).Add(step);
    }

    /// <summary>The virtual time, UTC.</summary>
    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>Starts an instance. The same id again gives the same instance and starts nothing.</summary>
    /// <param name="start">A message of the workflow's start contract.</param>
    /// <exception cref="ArgumentException">The message is of another contract, or breaks its rules.</exception>
    /// <exception cref="InvalidOperationException">Another instance has the key that the start asks for.</exception>
    public async Task<TestedWorkflow<TInstance>> StartInstanceAsync(object start)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (ContractReader.Validate(start) is { Count: > 0 } errors)
            throw new ArgumentException(string.Join(' ', errors.SelectMany(field => field.Value)), nameof(start));

        var result = await _client.StartAsync(_workflow.Type, start, _cancellation);
        if (result.Outcome is StartOutcome.KeyTaken)
            throw new InvalidOperationException($"Another instance has the key '{result.Key}'.");
        await SettleAsync();
        return Of(result.Id);
    }

    /// <summary>Lets time pass: every timer that comes due fires, in order, each at its own time, and so do those that they set.</summary>
    /// <param name="time">How long; not negative.</param>
    public async Task AdvanceAsync(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var end = _clock.GetUtcNow() + time;
        while (await NextAsync() is { } wait && _clock.GetUtcNow() + wait <= end)
        {
            _clock.Advance(wait);
            await SettleAsync();
        }

        _clock.Advance(end - _clock.GetUtcNow());
    }

    /// <summary>Lets time pass until the next timer has fired, or time alone has admitted somebody.</summary>
    /// <returns>How long that took; null when no time would bring anything, and then none has passed.</returns>
    public async Task<TimeSpan?> AdvanceToNextTimerAsync()
    {
        if (await NextAsync() is not { } wait)
            return null;
        await AdvanceAsync(wait);
        return wait;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _bus.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    internal async Task StartAsync()
    {
        await _store.MigrateAsync(_cancellation);
        await _bus.StartAsync(_cancellation);
        if (_admission is not null)
            await _admission.DeclareAsync(_workflow, _cancellation);
    }

    /// <summary>Sends a message to the workflow's queue, as a worker or anybody else would.</summary>
    internal async Task SendAsync<TMessage>(Guid id, TMessage message) where TMessage : class
    {
        var endpoint = await _bus.GetSendEndpoint(Addresses.Endpoint(_workflow.Type));
        var captured = await OutgoingMessage.CaptureAsync(
            endpoint, message, Pipe.Execute<SendContext<TMessage>>(context => context.CorrelationId = id), id, _cancellation);
        await _deliveries.DeliverAsync(captured, _cancellation);
        await SettleAsync();
    }

    internal async Task<ActionResult> ActAsync(Guid id, string action, string operatorName, string reason)
    {
        var result = await _client.ActAsync(id, action, operatorName, reason, _cancellation);
        await SettleAsync();
        return result;
    }

    TestedWorkflow<TInstance> Of(Guid id)
    {
        if (!_instances.TryGetValue(id, out var instance))
            _instances.Add(id, instance = new TestedWorkflow<TInstance>(this, id));
        return instance;
    }

    /// <summary>How long until something comes due; null when nothing does.</summary>
    async Task<TimeSpan?> NextAsync()
    {
        var timer = await _store.NextDueAsync(_cancellation);
        return _nextAdmission is { } admission && !(timer < admission - _clock.GetUtcNow()) ? admission - _clock.GetUtcNow() : timer;
    }

    /// <summary>Admits whose turn it is, as the runner does.</summary>
    async Task AdmitAsync()
    {
        if (_admission is not null)
            _nextAdmission = _clock.GetUtcNow() + await _admission.AdmitAsync(_workflow.Type, _cancellation);
    }

    /// <summary>Takes what is due from the outbox, as the dispatcher does: one after the other, until nothing is and nobody is admitted.</summary>
    async Task SettleAsync()
    {
        await AdmitAsync();
        while (await _store.ClaimDueAsync(1, WhileTaken, _cancellation) is [var row])
        {
            var message = OutgoingMessage.FromRow(row);

            // It is removed first: whatever the workflow throws, the next call begins with the message after it.
            await _store.CompleteAsync([row.MessageId], _cancellation);
            if (row.Destination == _address)
                await _deliveries.DeliverAsync(message, _cancellation);
            else if (row.WorkflowId is { } sender)
                Of(sender).Keep(message);
            await AdmitAsync();
        }
    }
}
