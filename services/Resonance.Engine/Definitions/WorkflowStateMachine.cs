using System.Linq.Expressions;
using MassTransit;
using MassTransit.SagaStateMachine;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Rules;

namespace Resonance.Engine.Definitions;

/// <summary>A workflow: states, events, activities and what happens when. Derive from it as from MassTransit's state machine.</summary>
/// <remarks>
/// The constructor is the table of contents: it names the start, the activities and the ends, and calls one method for each state.
/// An event that a state does not handle is rejected and journaled. Replies, retries, time-outs, operators' commands and compensation are
/// handled here, the same for every workflow.
/// </remarks>
public abstract partial class WorkflowStateMachine<TInstance> : MassTransitStateMachine<TInstance>, IWorkflow
    where TInstance : WorkflowInstance, new()
{
    readonly Dictionary<string, Activity<TInstance>> _activities = new(StringComparer.Ordinal);
    readonly Dictionary<string, Rule> _rules = new(StringComparer.Ordinal);
    readonly HashSet<Type> _replies = [];
    readonly HashSet<Type> _faults = [];
    readonly HashSet<string> _own = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _ends = new(StringComparer.Ordinal);
    readonly Dictionary<string, TimeSpan> _deadlines = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _unbounded = new(StringComparer.Ordinal);

    // Not a property of its own: MassTransit would take it for a message that has to be correlated.
    readonly MessageEvent<DeadlineExpired> _deadlineReached = new("DeadlineReached");
    readonly Lazy<Dictionary<string, HashSet<Event>>> _accepted;
    readonly Lazy<WorkflowDescription> _description;
    readonly string _type;
    readonly string _keyPrefix;
    WorkflowStart? _start;
    Event? _startEvent;

    /// <param name="type">Name, lower case letters, digits and hyphens: the workflow's queue is called so.</param>
    /// <param name="keyPrefix">Begins generated keys; the type in upper case when not given.</param>
    protected WorkflowStateMachine(string type, string? keyPrefix = null)
    {
        if (type.Length is 0 or > 64 || type.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-'))
            throw new ArgumentException($"'{type}' is no name for a workflow: use 1 to 64 lower case letters, digits and hyphens.", nameof(type));

        _type = type;
        _keyPrefix = keyPrefix ?? type.ToUpperInvariant();
        _accepted = new Lazy<Dictionary<string, HashSet<Event>>>(
            () => States.ToDictionary(state => state.Name, state => NextEvents(state).ToHashSet()));
        _description = new Lazy<WorkflowDescription>(Describe);
        CompensatingState = Compensating;
        CompensatedState = Cancelled;

        InstanceState(instance => instance.CurrentState);
        ConnectStateObserver(new Transitions(this));
        OnUnhandledEvent(RejectAsync);
        Ends(Cancelled, WorkflowStatus.Cancelled);
        Unbounded(Suspended, "a person decides");
        HandleActivities();
        HandleOperators();
        HandleRecovery();
        FromQueue(() => AdmissionGranted, message => message.WorkflowId);
    }

    /// <summary>The instance waits for a person.</summary>
    public State Suspended { get; } = null!;

    /// <summary>The instance undoes what it did, last first.</summary>
    public State Compensating { get; } = null!;

    /// <summary>The instance was given up; nothing of what it did is left.</summary>
    public State Cancelled { get; } = null!;

    /// <summary>Raised in the state that suspended the instance for a person's decision, when the person says yes.</summary>
    public Event Resumed { get; } = null!;

    /// <summary>Raised in a state that was not left before its deadline. Unless the state handles it, the instance is suspended.</summary>
    public Event<DeadlineExpired> DeadlineReached => _deadlineReached;

    /// <inheritdoc />
    public WorkflowDescription Description => _description.Value;

    internal IReadOnlyCollection<Activity<TInstance>> Activities => _activities.Values;

    internal State CompensatingState { get; private set; }

    internal State CompensatedState { get; private set; }

    /// <summary>Declares the contract that starts an instance.</summary>
    /// <param name="start">The event, handled in <c>Initially(...)</c>.</param>
    /// <param name="id">The instance's id, chosen by the starter.</param>
    /// <param name="key">The key that the starter wants; null to have one generated.</param>
    /// <param name="priority">0 to 9; 0 when not given.</param>
    protected void StartsWith<TStart>(
        Expression<Func<Event<TStart>>> start, Func<TStart, Guid> id, Func<TStart, string?>? key = null, Func<TStart, int?>? priority = null)
        where TStart : class
    {
        Event(start, correlation => correlation.CorrelateById(context => id(context.Message)));
        _startEvent = start.Compile()();
        _start = WorkflowStart.For(id, key ?? (_ => null), priority ?? (_ => null));
    }

    /// <summary>Declares an activity. A compensation is declared before what it undoes.</summary>
    protected Activity<TInstance, TCommand, TReply> Activity<TCommand, TReply>(
        string name, Action<ActivityBuilder<TInstance, TCommand, TReply>> declare)
        where TCommand : class
        where TReply : class, IActivityReply
    {
        var builder = new ActivityBuilder<TInstance, TCommand, TReply>();
        declare(builder);
        var activity = new Activity<TInstance, TCommand, TReply>(name, builder);
        if (!_activities.TryAdd(name, activity))
            throw new ArgumentException($"Workflow '{_type}' declares the activity '{name}' twice.");
        HandleReply<TReply>();
        HandleFault<TCommand>();
        return activity;
    }

    /// <summary>Says that the workflow ends in a state.</summary>
    /// <param name="state">The state. It may still accept events, such as a later refund.</param>
    /// <param name="status"><see cref="WorkflowStatus.Completed"/>, <see cref="WorkflowStatus.Failed"/> or <see cref="WorkflowStatus.Cancelled"/>.</param>
    protected void Ends(State state, string status)
    {
        if (!WorkflowStatus.IsEnd(status))
            throw new ArgumentException($"'{status}' is no end: use completed, failed or cancelled.", nameof(status));
        _ends[state.Name] = status;
    }

    /// <summary>Sets how long the instance may stay in a state; see <see cref="DeadlineReached"/>.</summary>
    protected void Deadline(State state, TimeSpan after)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(after, TimeSpan.Zero);
        _deadlines[state.Name] = after;
    }

    /// <summary>Says that the instance may stay in a state for ever, and why that is right.</summary>
    protected void Unbounded(State state, string because)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(because);
        _unbounded[state.Name] = because;
    }

    /// <summary>Names the states of compensation as this workflow calls them.</summary>
    /// <param name="while">In place of <see cref="Compensating"/>.</param>
    /// <param name="after">In place of <see cref="Cancelled"/>, when there was something to undo.</param>
    protected void CompensatesThrough(State @while, State after)
    {
        CompensatingState = @while;
        CompensatedState = after;
    }

    /// <summary>A rule that decides somewhere in this workflow; it may do so in several places.</summary>
    internal void Uses(Rule rule)
    {
        if (_rules.TryAdd(rule.Name, rule) || _rules[rule.Name] == rule)
            return;
        throw new ArgumentException($"Workflow '{_type}' has two rules with the name '{rule.Name}'. Give each a name of its own.");
    }

    internal bool AcceptsIn(string state, Event @event) => _accepted.Value.TryGetValue(state, out var events) && events.Contains(@event);

    internal bool IsEnd(State state) => _ends.ContainsKey(state.Name);

    internal TimeSpan? DeadlineOf(State state) => _deadlines.TryGetValue(state.Name, out var after) ? after : null;

    internal bool IsUnbounded(State state) => _unbounded.ContainsKey(state.Name);

    string StatusIn(string state) =>
        _ends.TryGetValue(state, out var status) ? status
        : state == Queued.Name ? WorkflowStatus.Queued
        : state == Suspended.Name ? WorkflowStatus.Suspended
        : state == CompensatingState.Name ? WorkflowStatus.Compensating
        : WorkflowStatus.Running;

    WorkflowDescription Describe()
    {
        if (_start is null)
            throw new InvalidOperationException($"Workflow '{_type}' has no start. Declare the contract that starts it with StartsWith(...).");

        var states = WorkflowGraph.StatesOf(this);
        var diagram = WorkflowGraph.ToMermaid(this);
        return new WorkflowDescription
        {
            Type = _type,
            KeyPrefix = _keyPrefix,
            StartContract = _start.Contract,
            IdOf = _start.IdOf,
            KeyOf = _start.KeyOf,
            PriorityOf = _start.PriorityOf,
            CaptureStart = _start.Capture,
            Admission = _admission?.Settings,
            Situation = Situate,
            Problems = (row, request) => Problems(Read(row), request),
            WhyStranded = WhyStranded,
            Events = EventsByContract,
            AcceptedEvents = AcceptedEvents,
            States = states,
            StatusIn = StatusIn,
            Rules = [.. _rules.Values.OrderBy(rule => rule.Name, StringComparer.Ordinal)],
            DataTypes = [typeof(TInstance), .. Activities.SelectMany(activity => new[] { activity.CommandType, activity.ReplyType })],
            Destinations = [.. Activities.Select(activity => activity.Destination).Distinct(StringComparer.Ordinal)],
            Shape = WorkflowShape.Of(this),
            Hash = WorkflowGraph.HashOf(diagram, Activities.Select(activity =>
                $"{activity.Name} {activity.CommandType.Name} {activity.ReplyType.Name} {activity.CompensatedBy?.Name}")),
            Diagram = diagram,
        };
    }
}

/// <summary>A workflow, whatever its instance is.</summary>
public interface IWorkflow
{
    /// <summary>What anyone may know of it.</summary>
    WorkflowDescription Description { get; }

    /// <summary>What is wrong with the definition, in prose that says what to change; nothing when it is sound.</summary>
    IReadOnlyList<string> Verify();
}
