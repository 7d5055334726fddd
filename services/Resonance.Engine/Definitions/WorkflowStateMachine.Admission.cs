using System.Text;
using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Definitions;

public abstract partial class WorkflowStateMachine<TInstance>
{
    WorkflowAdmission? _admission;
    Action<EventActivities<TInstance>>? _beginWhenAdmitted;
    bool _begins;

    /// <summary>The instance waits for its turn: see <see cref="Admission{TStart}"/>.</summary>
    public State Queued { get; } = null!;

    /// <summary>The instance's turn has come.</summary>
    public Event<WorkflowAdmitted> AdmissionGranted { get; } = null!;

    /// <summary>The queue's settings; null when every start begins at once.</summary>
    internal WorkflowAdmission? AdmissionDeclared => _admission;

    /// <summary>
    /// Has starts wait for their turn, in the state <see cref="Queued"/>. What <c>Initially(...)</c> says is done when it comes; the place is
    /// free again when the instance has ended, in the same commit. Call it after <c>StartsWith(...)</c> and before <c>Initially(...)</c>.
    /// </summary>
    /// <typeparam name="TStart">The contract that starts an instance.</typeparam>
    /// <exception cref="ArgumentException">The contract is another one, or this is called too late.</exception>
    protected void Admission<TStart>(Action<AdmissionBuilder<TStart>> declare) where TStart : class
    {
        if (_start?.Contract != typeof(TStart))
            throw new ArgumentException($"Workflow '{_type}' does not start with {typeof(TStart).Name}. Declare its start with StartsWith(...) first, and its admission with the same contract.");
        if (_begins || _admission is not null)
            throw new ArgumentException($"Workflow '{_type}' declares its admission too late or twice. Call Admission(...) once, before Initially(...).");

        var builder = new AdmissionBuilder<TStart>();
        declare(builder);
        _admission = builder.Build();
        var start = (Event<TStart>)_startEvent!;
        base.Initially(When(start).Then(Enqueue).TransitionTo(Queued));
        During(Queued, When(AdmissionGranted).ThenAsync(context => BeginAsync(context, start)));
        Unbounded(Queued, "its turn comes when others have ended");
        _beginWhenAdmitted = activities => During(Queued, When(start).IfElse(
            context => Step.Of(context).IsAdmission,
            _ => (EventActivityBinder<TInstance, TStart>)activities,
            again => again.Then(context => Reject(context, typeof(TStart).Name, "it has been started and waits for its turn"))));
    }

    /// <summary>Says what is done when an instance begins.</summary>
    protected new void Initially(params EventActivities<TInstance>[] activities)
    {
        _begins = true;
        foreach (var activity in activities)
        {
            if (_beginWhenAdmitted is not null && activity.GetStateActivityBinders().Any(binder => binder.Event == _startEvent))
                _beginWhenAdmitted(activity);
            else
                base.Initially(activity);
        }
    }

    void Enqueue<TStart>(BehaviorContext<TInstance, TStart> context) where TStart : class
    {
        var step = Step.Of(context);
        var start = context.Message;
        var message = OutgoingMessage.ToItself(
            context, step.InputAddress,
            new WorkflowAdmitted
            {
                WorkflowId = step.WorkflowId,
                Start = Encoding.UTF8.GetString(ContractSerializer.Body(start)),
            },
            step.WorkflowId);
        var row = new WorkItemRow
        {
            Queue = _type,
            Id = step.WorkflowId,
            GroupId = _admission!.GroupOf?.Invoke(start),
            LimitKey = _admission.LimitKeyOf?.Invoke(start),
            Priority = Math.Clamp(_admission.PriorityOf?.Invoke(start) ?? 0, 0, 9),
            Body = message.Row.Body,
            Attributes = AdmittedMessage.Keep(message.Row, context.Saga.Key),
        };
        step.Arrive(row, new Enqueued(row.Queue, row.GroupId, row.LimitKey, row.Priority));
    }

    async Task BeginAsync<TStart>(BehaviorContext<TInstance, WorkflowAdmitted> context, Event<TStart> start) where TStart : class
    {
        var step = Step.Of(context);
        var read = ContractReader.Read(typeof(TStart), Encoding.UTF8.GetBytes(context.Message.Start));
        if (read.Message is not TStart message)
        {
            throw new ContractRefusedException(
                typeof(TStart), $"It was accepted by another build and cannot be read in this one: {string.Join(" ", read.Errors.SelectMany(error => error.Value))}");
        }

        var entered = context.Saga.Engine.EnteredAt ?? step.Now;
        step.IsAdmission = true;
        step.Record(new Admitted(_type, Math.Max(0, (long)(step.Now - entered).TotalMilliseconds)));
        await context.Raise(start, message);
    }
}
