using System.Diagnostics;
using System.Text.Json;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Steps;

/// <summary>One attempt to decide a step: the instance as loaded, what the machine made of it, and the commit that follows.</summary>
sealed class StepSession<TInstance>(
    Step step, Caller? caller, WorkflowDescription workflow, InstanceLoader loader, KeyAllocator keys, StepPoints points) where TInstance : WorkflowInstance
{
    WorkflowRow? _row;
    TInstance? _instance;
    string _from = "Initial";

    /// <summary>True when the machine handled (or refused) the event; false when there is no instance to handle it.</summary>
    public bool Decided { get; private set; }

    /// <summary>How long it took to load the instance.</summary>
    public TimeSpan Loading { get; private set; }

    public async Task<TInstance?> LoadAsync(CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        _row = await loader.LoadAsync(step.WorkflowId, cancellationToken);
        Loading = TimeProvider.System.GetElapsedTime(begun);
        ResonanceMetrics.PhaseEnded("load", Loading);
        points.Passed(StepPoint.AfterLoad);
        if (_row is not null && _row.Type != workflow.Type)
            throw new WrongWorkflowException(_row.Id, _row.Type, workflow.Type);
        if (_row is null or { Version: 0 })
            return null;

        _instance = JsonSerializer.Deserialize<TInstance>(_row.Data, InstanceJson.Options)!;
        _instance.CorrelationId = _row.Id;
        _instance.CurrentState = _from = _row.State;
        _instance.Key = _row.Key;
        _instance.Version = _row.Version;
        _instance.Priority = _row.Priority;
        _instance.StartedAt = _row.StartedAt;

        // Whoever asked last is told the end: also the one who calls again because the first answer never reached it.
        _instance.Engine.CallerBefore = _instance.Engine.Caller;
        _instance.Engine.Caller = caller ?? _instance.Engine.Caller;
        return _instance;
    }

    public async Task CreateAsync(TInstance instance, object message)
    {
        _instance = instance;
        instance.Key = _row?.Key ?? workflow.KeyOf(message) ?? await keys.NextAsync(workflow, CancellationToken.None);
        instance.Priority = workflow.PriorityOf(message);
        instance.StartedAt = _row?.StartedAt ?? step.Now;
        instance.Engine.Caller = caller;
    }

    public Task KeepAsync()
    {
        Decided = true;
        return Task.CompletedTask;
    }

    /// <summary>Puts the step into the form in which it is stored.</summary>
    public StepCommit Seal()
    {
        var instance = _instance!;
        var data = JsonSerializer.Serialize(instance, InstanceJson.Options);
        var status = instance.Engine.Status;
        var journal = new JournalRow
        {
            WorkflowId = step.WorkflowId,
            Sequence = (_row?.Version ?? 0) + 1,
            MessageId = step.MessageId,
            Event = step.Event,
            From = _from,
            To = instance.CurrentState,
            Entries = JsonSerializer.Serialize(step.Entries, InstanceJson.Options),
            Data = data,
            OccurredAt = step.Now,
            TraceParent = Activity.Current?.Id,
            PreviousHash = _row is { Version: > 0 } ? _row.HeadHash : ChainHash.Origin,
            Hash = [],
        };
        journal = journal with { Hash = ChainHash.Compute(journal) };
        return new StepCommit
        {
            Workflow = new WorkflowRow
            {
                Id = step.WorkflowId,
                Type = workflow.Type,
                Key = instance.Key,
                State = instance.CurrentState,
                Status = status,
                Version = journal.Sequence,
                Data = data,
                DefinitionHash = workflow.Hash,
                Priority = instance.Priority,
                TraceId = _row?.TraceId ?? Activity.Current?.TraceId.ToHexString(),
                StartedAt = instance.StartedAt,
                UpdatedAt = step.Now,
                FinishedAt = !WorkflowStatus.IsEnd(status) ? null : _row?.Status == status ? _row.FinishedAt ?? step.Now : step.Now,
                HeadHash = journal.Hash,
            },
            Journal = journal,
            Messages = step.Messages.Select(message => message.Row).ToArray(),
            CancelledTimers = step.CancelledTimers,
            Arrival = step.Arrival,
            LeavesQueue = workflow.Admission is not null && WorkflowStatus.IsEnd(status) && !WorkflowStatus.IsEnd(_row?.Status ?? "")
                ? workflow.Type : null,
        };
    }
}

/// <summary>The id belongs to an instance of another workflow. The message is set aside at once.</summary>
public sealed class WrongWorkflowException(Guid id, string type, string expected)
    : Exception($"{id} is the id of a workflow of type '{type}', not of type '{expected}'. Use an id of its own for each workflow.");
