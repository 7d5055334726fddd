using MassTransit;
using Resonance.Contracts.Inventory;
using Resonance.Contracts.Orders;
using Resonance.Engine.Definitions;
using Resonance.Engine.Recovery;
using Xunit;

namespace Resonance.Tests.Engine.Definitions;

/// <summary>What the graph and the checks make of a workflow that recovers by itself or goes on when its own event comes.</summary>
public sealed class RecoveryVerbsTests
{
    [Fact]
    public void A_state_that_waits_for_a_recovery_is_bounded_and_leads_to_the_state_that_waits_for_the_reply()
    {
        var workflow = new RecoveringWorkflow(waits => waits);

        Assert.Empty(workflow.Verify());
        Assert.Contains("    WAITING --> WORKING : Reserve.Recovery\n", workflow.Description.Diagram, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suspended_instance_goes_on_in_the_state_that_suspended_it()
    {
        var workflow = new RecoveringWorkflow(waits => waits.Suspend("somebody decides"));

        Assert.Empty(workflow.Verify());
        Assert.Contains("    SUSPENDED --> WAITING : Decided\n", workflow.Description.Diagram, StringComparison.Ordinal);
    }

    [Fact]
    public void Going_on_from_a_state_that_never_suspends_is_found() => Assert.Equal(
        [
            "Workflow 'recovering' goes on from the state 'Waiting' when Decided comes, but never suspends itself there. Add .Suspend(...) to " +
            "During(Waiting, ...), or name the state that has it in GoOnFrom(...).",
        ],
        new RecoveringWorkflow(waits => waits, goesOn: true).Verify());

    [Fact]
    public void One_event_goes_on_from_one_state()
    {
        var exception = Assert.Throws<ArgumentException>(() => new RecoveringWorkflow(waits => waits, goesOn: true, twice: true));

        Assert.Contains("goes on from two states when Decided comes", exception.Message, StringComparison.Ordinal);
    }

    sealed class Instance : WorkflowInstance;

    sealed class RecoveringWorkflow : WorkflowStateMachine<Instance>
    {
        public RecoveringWorkflow(
            Func<EventActivityBinder<Instance, InventoryReserved>, EventActivityBinder<Instance, InventoryReserved>> whenWaiting,
            bool? goesOn = null, bool twice = false) : base("recovering")
        {
            StartsWith(() => Started, start => start.OrderId);
            Accepts(() => Decided, decided => decided.OrderId);
            var reserve = Activity<ReserveInventory, InventoryReserved>("Reserve", activity => activity
                .SendTo("inventory").Timeout(TimeSpan.FromSeconds(1)).NeedsNoCompensation("because this is a test")
                .Command(call => new ReserveInventory
                {
                    WorkflowId = call.WorkflowId,
                    IdempotencyKey = call.IdempotencyKey,
                    ReservationId = call.WorkflowId,
                    Lines = [],
                }));
            Ends(Done, WorkflowStatus.Completed);
            Initially(When(Started).Execute(reserve).TransitionTo(Working));
            var waits = When(reserve.Completed).TransitionTo(Waiting).Recover(reserve, RetryPolicy.Default, _ => 1, Working);
            var waiting = whenWaiting(waits);
            During(Working, waiting, When(CancelRequested).TransitionTo(Done));
            if (goesOn ?? waiting != waits)
            {
                During(Waiting, When(Resumed).TransitionTo(Done));
                During(Suspended, When(Decided).GoOnFrom(Waiting, "decision", then => then.TransitionTo(Done)));
            }

            if (twice)
                During(Suspended, When(Decided).GoOnFrom(Working, "decision", then => then));
        }

        public State Working { get; } = null!;
        public State Waiting { get; } = null!;
        public State Done { get; } = null!;
        public Event<SubmitOrder> Started { get; } = null!;
        public Event<OrderCancelled> Decided { get; } = null!;
    }
}
