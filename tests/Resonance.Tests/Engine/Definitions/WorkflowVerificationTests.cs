using MassTransit;
using Resonance.Contracts.Inventory;
using Resonance.Contracts.Orders;
using Resonance.Engine.Definitions;
using Xunit;

namespace Resonance.Tests.Engine.Definitions;

/// <summary>What a definition gets wrong is said when the host starts, in words that say what to change.</summary>
public sealed class WorkflowVerificationTests
{
    [Fact]
    public void A_state_without_a_way_to_it_is_found() => Assert.Contains(
        "Workflow 'flawed' never comes into the state 'Unreachable'. Lead to it with TransitionTo(Unreachable), or remove it.", Flawed());

    [Fact]
    public void A_state_without_a_way_out_is_found() => Assert.Contains(
        "Workflow 'flawed' never leaves the state 'Stuck'. Handle an event in During(Stuck, ...) that leads on, or say that the workflow ends there with Ends(Stuck, ...).",
        Flawed());

    [Fact]
    public void A_state_that_may_wait_for_ever_is_found() => Assert.Contains(
        "Workflow 'flawed' may wait in the state 'Waiting' for ever. Add Deadline(Waiting, ...), or say that this is right with Unbounded(Waiting, \"because ...\").",
        Flawed());

    [Fact]
    public void An_activity_that_nobody_knows_how_to_undo_is_found() => Assert.Contains(
        "Workflow 'flawed' does not say how 'Reserve' is undone. Name its compensation with CompensateWith(...), or say why there is none with NeedsNoCompensation(\"because ...\").",
        Flawed());

    [Fact]
    public void A_reply_that_no_state_handles_is_found() => Assert.Contains(
        "Workflow 'flawed' handles the reply to 'Reserve' in no state. Add When(Reserve.Completed) to the state that waits for it.", Flawed());

    [Fact]
    public void A_decision_without_a_way_on_is_found() => Assert.Contains(
        "Workflow 'flawed' suspends itself in the state 'Waiting' but does not say how it goes on when a person says yes. Handle When(Resumed) in During(Waiting, ...).",
        Flawed());

    [Fact]
    public void Nothing_else_is_complained_of() => Assert.Equal(6, Flawed().Count);

    [Fact]
    public void The_verifier_throws_with_all_of_it()
    {
        var exception = Assert.Throws<WorkflowDefinitionException>(() => WorkflowVerifier.Verify(new FlawedWorkflow()));

        Assert.Equal(Flawed(), exception.Problems);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Order")]
    [InlineData("my order")]
    public void A_name_that_is_no_queue_name_is_refused(string type) => Assert.Throws<ArgumentException>(() => new NamedWorkflow(type));

    [Fact]
    public void An_activity_says_what_it_sends_where_and_how_long_it_waits()
    {
        var exception = Assert.Throws<ArgumentException>(() => new WorkflowWithoutTimeOut());

        Assert.Contains("'Reserve' has no time-out", exception.Message);
    }

    static IReadOnlyList<string> Flawed() => new FlawedWorkflow().Verify();

    sealed class Instance : WorkflowInstance;

    sealed class NamedWorkflow(string type) : WorkflowStateMachine<Instance>(type);

    sealed class FlawedWorkflow : WorkflowStateMachine<Instance>
    {
        public FlawedWorkflow() : base("flawed")
        {
            StartsWith(() => Started, start => start.OrderId);
            Accepts(() => Ended, ended => ended.OrderId);
            Activity<ReserveInventory, InventoryReserved>("Reserve", activity => activity
                .SendTo("inventory").Timeout(TimeSpan.FromSeconds(1))
                .Command(call => new ReserveInventory
                {
                    WorkflowId = call.WorkflowId, IdempotencyKey = call.IdempotencyKey, ReservationId = call.WorkflowId, Lines = [],
                }));
            Ends(Done, WorkflowStatus.Completed);
            Initially(When(Started).TransitionTo(Waiting));
            During(Waiting,
                When(Ended).If(context => context.Message.Reason == "ask", ask => ask.Suspend("ask")).TransitionTo(Stuck),
                When(CancelRequested).TransitionTo(Done));
            During(Unreachable, When(Ended).TransitionTo(Done));
        }

        public State Waiting { get; } = null!;
        public State Stuck { get; } = null!;
        public State Unreachable { get; } = null!;
        public State Done { get; } = null!;
        public Event<SubmitOrder> Started { get; } = null!;
        public Event<OrderCancelled> Ended { get; } = null!;
    }

    sealed class WorkflowWithoutTimeOut : WorkflowStateMachine<Instance>
    {
        public WorkflowWithoutTimeOut() : base("without-time-out") =>
            Activity<ReserveInventory, InventoryReserved>("Reserve", activity => activity
                .SendTo("inventory")
                .Command(call => new ReserveInventory
                {
                    WorkflowId = call.WorkflowId, IdempotencyKey = call.IdempotencyKey, ReservationId = call.WorkflowId, Lines = [],
                }));
    }
}
