using MassTransit;
using Resonance.Engine.Definitions;

namespace Resonance.Tests.Engine.Admission;

/// <summary>A small workflow that is admitted: it waits until somebody says that the parcel has arrived.</summary>
public sealed class ParcelWorkflow : WorkflowStateMachine<ParcelInstance>
{
    public ParcelWorkflow(Action<AdmissionBuilder<SendParcel>> admission) : base("parcel")
    {
        StartsWith(() => Sent, start => start.ParcelId, priority: start => start.Priority);
        Admission(admission);
        Accepts(() => Arrived, message => message.ParcelId);
        Ends(Delivered, WorkflowStatus.Completed);
        Unbounded(OnItsWay, "parcels take what they take");
        Initially(When(Sent).Then(context => context.Saga.Recipient = context.Message.Recipient).TransitionTo(OnItsWay));
        During(OnItsWay, When(Arrived).TransitionTo(Delivered));
    }

    public State OnItsWay { get; } = null!;

    public State Delivered { get; } = null!;

    public Event<SendParcel> Sent { get; } = null!;

    public Event<ParcelArrived> Arrived { get; } = null!;
}

public sealed class ParcelInstance : WorkflowInstance
{
    public string? Recipient { get; set; }
}

public sealed record SendParcel
{
    public required Guid ParcelId { get; init; }

    public required string Recipient { get; init; }

    public int? Priority { get; init; }
}

public sealed record ParcelArrived
{
    public required Guid ParcelId { get; init; }
}
