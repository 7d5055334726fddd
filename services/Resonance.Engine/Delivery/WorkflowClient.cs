using System.Diagnostics;
using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Delivery;

/// <summary>Starts workflows and acts on them from outside: what it accepts is durable before it answers.</summary>
public sealed partial class WorkflowClient
{
    readonly IBus _bus;
    readonly IWorkflowStore _store;
    readonly WorkflowCatalog _catalog;
    readonly KeyAllocator _keys;
    readonly OutboxSender _sender;
    readonly DeliveryOptions _options;
    readonly TimeProvider _clock;

    internal WorkflowClient(
        IBus bus, IWorkflowStore store, WorkflowCatalog catalog, KeyAllocator keys, OutboxSender sender, DeliveryOptions options, TimeProvider clock)
    {
        _bus = bus;
        _store = store;
        _catalog = catalog;
        _keys = keys;
        _sender = sender;
        _options = options;
        _clock = clock;
    }

    /// <summary>Starts a workflow. The same start again (the same id) answers with the same instance and starts nothing.</summary>
    /// <param name="type">The workflow, e.g. <c>order</c>.</param>
    /// <param name="start">A valid message of its start contract.</param>
    /// <param name="cancellationToken">Stops waiting; whether the start was accepted is then unknown, and starting again is safe.</param>
    /// <exception cref="ArgumentException">There is no such workflow, or the message is of another contract.</exception>
    public async Task<StartResult> StartAsync(string type, object start, CancellationToken cancellationToken = default)
    {
        var workflow = _catalog.Find(type) ?? throw new ArgumentException($"There is no workflow '{type}'.", nameof(type));
        if (!workflow.StartContract.IsInstanceOfType(start))
            throw new ArgumentException($"Workflow '{type}' starts with {workflow.StartContract.Name}; found {start.GetType().Name}.", nameof(start));

        var id = workflow.IdOf(start);
        var endpoint = await _bus.GetSendEndpoint(Addresses.Endpoint(workflow.Type));
        var message = await workflow.CaptureStart(endpoint, start, cancellationToken);
        var chosen = workflow.KeyOf(start);
        while (true)
        {
            var key = chosen ?? await _keys.NextAsync(workflow, cancellationToken);
            var accepted = new AcceptedStart { Workflow = NewRow(workflow, start, message, id, key), Message = message.Row };
            var result = await _store.AcceptAsync(accepted, _options.Lease, cancellationToken);
            switch (result.Outcome)
            {
                case AcceptOutcome.Accepted:
                    // Durable already: the answer does not wait for the broker.
                    _ = _sender.BeginAsync([message]);
                    return new StartResult(StartOutcome.Accepted, id, key);
                case AcceptOutcome.Exists when result.Existing!.Type != workflow.Type:
                    return new StartResult(StartOutcome.IdTaken, id, result.Existing.Key);
                case AcceptOutcome.Exists:
                    return new StartResult(StartOutcome.Exists, id, result.Existing!.Key);
                case AcceptOutcome.KeyTaken when chosen is not null:
                    return new StartResult(StartOutcome.KeyTaken, id, chosen);
            }

            // Somebody chose for himself the very key that was generated; the next number is another one.
        }
    }

    /// <summary>Sends an operator's request to an instance, unless its state does not allow it.</summary>
    /// <remarks>The instance decides for good when the command arrives; what it then refuses stands in its journal.</remarks>
    /// <param name="id">The instance.</param>
    /// <param name="request">What is asked, by whom and why.</param>
    /// <param name="cancellationToken">Stops waiting; whether the request was accepted is then unknown.</param>
    /// <exception cref="ArgumentException">There is no such action.</exception>
    public async Task<ActionResult> ActAsync(Guid id, OperatorRequest request, CancellationToken cancellationToken = default)
    {
        if (!OperatorActions.All.Contains(request.Action))
            throw new ArgumentException($"There is no action '{request.Action}'.", nameof(request));

        var rows = await _store.LoadAsync([id], cancellationToken);
        if (!rows.TryGetValue(id, out var row) || _catalog.Find(row.Type) is not { } workflow)
            return new ActionResult(ActionOutcome.NotFound, null, []);

        var answer = Judge(workflow, row, request);
        if (answer.Outcome != ActionOutcome.Accepted)
            return answer;

        var trace = await InstanceTrace.FindAsync(_store, id, cancellationToken);
        var message = (await CaptureAsync(workflow, id, request, trace, cancellationToken)).Named(request.MessageId);
        await _store.EnqueueAsync([message.Row], _options.Lease, cancellationToken);
        _ = _sender.BeginAsync([message]);
        return answer;
    }

    /// <inheritdoc cref="ActAsync(Guid,OperatorRequest,CancellationToken)"/>
    public Task<ActionResult> ActAsync(
        Guid id, string action, string operatorName, string reason, CancellationToken cancellationToken = default) =>
        ActAsync(id, new OperatorRequest(action, operatorName, reason), cancellationToken);

    /// <summary>What an instance would make of a request, as it stands.</summary>
    internal static ActionResult Judge(WorkflowDescription workflow, WorkflowRow row, OperatorRequest request)
    {
        IReadOnlyList<string> allowed = row.Version == 0 ? [] : workflow.Situation(row).Actions;
        if (!allowed.Contains(request.Action))
            return new ActionResult(ActionOutcome.NotAllowed, row.State, allowed);

        var problems = workflow.Problems(row, request);
        return problems.Count > 0
            ? new ActionResult(ActionOutcome.Invalid, row.State, allowed) { Problems = problems }
            : new ActionResult(ActionOutcome.Accepted, row.State, allowed);
    }

    /// <summary>The message that brings a request to an instance, in the instance's trace.</summary>
    internal async Task<OutgoingMessage> CaptureAsync(
        WorkflowDescription workflow, Guid id, OperatorRequest request, ActivityContext trace, CancellationToken cancellationToken)
    {
        using var span = InstanceTrace.GoOn($"operator {request.Action}", trace);
        var endpoint = await _bus.GetSendEndpoint(Addresses.Endpoint(workflow.Type));
        return request.ToCommand(id) switch
        {
            RetryWorkflow command => await Capture(command),
            SkipActivity command => await Capture(command),
            ResolveWorkflow command => await Capture(command),
            CancelWorkflow command => await Capture(command),
            SuspendWorkflow command => await Capture(command),
            ResumeWorkflow command => await Capture(command),
            CompensateWorkflow command => await Capture(command),
            var other => throw new InvalidOperationException($"{other.GetType().Name} cannot be sent."),
        };

        Task<OutgoingMessage> Capture<T>(T command) where T : class => OutgoingMessage.CaptureAsync(
            endpoint, command, Pipe.Execute<SendContext<T>>(send => send.CorrelationId = id), id, cancellationToken);
    }

    WorkflowRow NewRow(WorkflowDescription workflow, object start, OutgoingMessage message, Guid id, string key)
    {
        var now = _clock.GetUtcNow();
        return new WorkflowRow
        {
            Id = id,
            Type = workflow.Type,
            Key = key,
            State = workflow.States[0],
            Status = WorkflowStatus.Running,
            Version = 0,
            Data = AcceptedData.Of(message.Row),
            DefinitionHash = workflow.Hash,
            Priority = workflow.PriorityOf(start),
            TraceId = Activity.Current?.TraceId.ToHexString(),
            StartedAt = now,
            UpdatedAt = now,
            HeadHash = ChainHash.Origin,
        };
    }
}

/// <summary>What became of a start.</summary>
public enum StartOutcome
{
    /// <summary>Durable: it will be executed whatever happens to this process.</summary>
    Accepted,

    /// <summary>The instance existed already; nothing was started.</summary>
    Exists,

    /// <summary>Another instance of the type has the key that the start asks for; nothing was started.</summary>
    KeyTaken,

    /// <summary>An instance of another workflow has the id; nothing was started.</summary>
    IdTaken,
}

/// <param name="Outcome">What became of it.</param>
/// <param name="Id">The instance.</param>
/// <param name="Key">Its key; with <see cref="StartOutcome.KeyTaken"/> the key that is taken, with <see cref="StartOutcome.IdTaken"/> the key of the
/// instance that has the id.</param>
public sealed record StartResult(StartOutcome Outcome, Guid Id, string Key);

/// <summary>What became of an operator's action.</summary>
public enum ActionOutcome
{
    /// <summary>Durable: the instance will receive it.</summary>
    Accepted,

    /// <summary>There is no such instance.</summary>
    NotFound,

    /// <summary>The instance does not allow it now.</summary>
    NotAllowed,

    /// <summary>The instance allows it, but not with what the request brings along.</summary>
    Invalid,
}

/// <param name="Outcome">What became of it.</param>
/// <param name="State">The instance's state, PascalCase; null when there is none.</param>
/// <param name="Allowed">The actions that the instance allows now.</param>
public sealed record ActionResult(ActionOutcome Outcome, string? State, IReadOnlyList<string> Allowed)
{
    /// <summary>With <see cref="ActionOutcome.Invalid"/>: what to change, by member of the request.</summary>
    public IReadOnlyDictionary<string, string[]> Problems { get; init; } = new Dictionary<string, string[]>();
}
