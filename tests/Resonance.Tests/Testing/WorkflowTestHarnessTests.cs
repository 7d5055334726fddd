using Acme.Loans;
using MassTransit;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Testing;
using Resonance.Workflows;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Testing;

/// <summary>What the public test harness promises to those who test with it.</summary>
public sealed class WorkflowTestHarnessTests
{
    static readonly RequestLoan Bob = new(Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301"), "Bob", 1000);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Time_stands_still_until_it_is_let_pass()
    {
        var start = new DateTimeOffset(2026, 3, 4, 9, 0, 0, TimeSpan.Zero);
        await using var harness = await WorkflowTestHarness.StartAsync(new LoanWorkflow(), start, Cancel);
        var loan = await harness.StartInstanceAsync(Bob, Cancel);

        await harness.AdvanceAsync(TimeSpan.FromSeconds(9.9), Cancel);

        Assert.Equal((start, start.AddSeconds(9.9)), (loan.Instance.StartedAt, harness.Now));
        Assert.Empty(loan.Journal.OfType<AttemptFailed>());
        Assert.Equal(TimeSpan.FromSeconds(0.1), await harness.AdvanceToNextTimerAsync(Cancel));
        Assert.Single(loan.Journal.OfType<AttemptFailed>());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => harness.AdvanceAsync(TimeSpan.FromSeconds(-1), Cancel));
    }

    [Fact]
    public async Task Timers_of_several_instances_fire_in_the_order_of_their_times()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(new LoanWorkflow(), cancellationToken: Cancel);
        var first = await harness.StartInstanceAsync(Bob, Cancel);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(4), Cancel);
        var second = await harness.StartInstanceAsync(Bob with { LoanId = NewId.NextGuid() }, Cancel);

        await harness.AdvanceToNextTimerAsync(Cancel);
        Assert.Equal((1, 0), (Failures(first), Failures(second)));
        await harness.AdvanceAsync(TimeSpan.FromSeconds(4), Cancel);

        Assert.Equal((1, 1), (Failures(first), Failures(second)));
        Assert.Equal(("LOAN-1001", "LOAN-1002"), (first.Key, second.Key));
    }

    [Fact]
    public async Task The_same_start_again_gives_the_same_instance_and_starts_nothing()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(new LoanWorkflow(), cancellationToken: Cancel);
        var loan = await harness.StartInstanceAsync(Bob, Cancel);
        var entries = loan.Journal.Count;

        Assert.Same(loan, await harness.StartInstanceAsync(Bob, Cancel));

        Assert.Equal(entries, loan.Journal.Count);
    }

    [Fact]
    public async Task A_start_that_breaks_its_contract_is_told_what_is_wrong()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(
            new PaymentWorkflow(new PaymentRules(), new WorkflowTimes()), cancellationToken: Cancel);
        var start = new StartPayment { PaymentId = NewId.NextGuid(), Reference = "R", Amount = -1, Currency = "euro", CardToken = "t" };

        var wrong = await Assert.ThrowsAsync<ArgumentException>(() => harness.StartInstanceAsync(start, Cancel));

        Assert.Contains("amount", wrong.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("currency", wrong.Message, StringComparison.OrdinalIgnoreCase);
        await Assert.ThrowsAsync<ArgumentException>(() => harness.StartInstanceAsync(Bob, Cancel));
    }

    [Fact]
    public async Task A_command_that_was_not_sent_is_answered_with_those_that_were()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(new LoanWorkflow(), cancellationToken: Cancel);
        var loan = await harness.StartInstanceAsync(Bob, Cancel);

        var missing = Assert.Throws<InvalidOperationException>(loan.NextCommand<StartPayment>);
        loan.NextCommand<CheckCredit>();
        var none = Assert.Throws<InvalidOperationException>(loan.NextCommand<CheckCredit>);

        Assert.StartsWith("LOAN-1001 sent no StartPayment. Not taken yet: CheckCredit. So far:", missing.Message, StringComparison.Ordinal);
        Assert.StartsWith("LOAN-1001 sent no CheckCredit. Nothing waits for an answer.", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_to_another_command_is_a_mistake_of_the_test_unless_it_is_raised()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(new LoanWorkflow(), cancellationToken: Cancel);
        var loan = await harness.StartInstanceAsync(Bob, Cancel);
        var check = loan.NextCommand<CheckCredit>();
        var stray = new CreditChecked(loan.Id, "another key", 700);

        await Assert.ThrowsAsync<ArgumentException>(() => loan.ReplyAsync(check, stray, Cancel));
        await loan.RaiseAsync(stray, Cancel);

        Assert.Equal(
            new EventRejected(nameof(CreditChecked), "Checking", "no command with its idempotency key is open"),
            Assert.Single(loan.Journal.OfType<EventRejected>()));
        Assert.Equal("Checking", loan.State);
    }

    [Fact]
    public async Task A_message_that_the_workflow_does_not_take_is_said_so()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(new LoanWorkflow(), cancellationToken: Cancel);
        var loan = await harness.StartInstanceAsync(Bob, Cancel);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => loan.RaiseAsync(new PaymentDeclined { PaymentId = loan.Id, Reference = "R", Reason = "why" }, Cancel));

        Assert.Contains("PaymentDeclined. Declare an event from outside with Accepts", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_workflow_throws_comes_out_of_the_call_that_caused_it()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(new BrokenWorkflow(), cancellationToken: Cancel);

        var thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => harness.StartInstanceAsync(Bob, Cancel));

        Assert.Equal("Bob broke it.", thrown.Message);
        var alice = await harness.StartInstanceAsync(Bob with { LoanId = NewId.NextGuid(), Customer = "Alice" }, Cancel);
        Assert.Equal("Done", alice.State);
    }

    [Fact]
    public async Task A_workflow_that_is_not_sound_is_not_run()
    {
        var refusal = await Assert.ThrowsAsync<WorkflowDefinitionException>(
            () => WorkflowTestHarness.StartAsync(new EndlessWorkflow(), cancellationToken: Cancel));

        Assert.NotEmpty(refusal.Problems);
    }

    [Fact]
    public async Task An_action_that_the_state_does_not_allow_is_answered_with_those_that_it_does()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(new LoanWorkflow(), cancellationToken: Cancel);
        var loan = await harness.StartInstanceAsync(Bob, Cancel);

        var refused = await loan.ActAsync(OperatorActions.Resume, "ann", "why", Cancel);
        await loan.ActAsync(OperatorActions.Suspend, "ann", "hold on", Cancel);

        Assert.Equal(ActionOutcome.NotAllowed, refused.Outcome);
        Assert.Contains(OperatorActions.Suspend, refused.Allowed);
        Assert.Equal((WorkflowStatus.Suspended, "hold on"), (loan.Status, loan.Reason?.Split(": ")[^1]));
    }

    static int Failures(TestedWorkflow<LoanInstance> loan) => loan.Journal.OfType<AttemptFailed>().Count();

    sealed class BrokenWorkflow : WorkflowStateMachine<LoanInstance>
    {
        public BrokenWorkflow() : base("broken")
        {
            StartsWith(() => Requested, start => start.LoanId);
            Ends(Done, WorkflowStatus.Completed);
            Initially(When(Requested)
                .Then(context =>
                {
                    if (context.Message.Customer == "Bob")
                        throw new InvalidTimeZoneException("Bob broke it.");
                })
                .TransitionTo(Done));
        }

        public State Done { get; } = null!;

        public Event<RequestLoan> Requested { get; } = null!;
    }

    sealed class EndlessWorkflow : WorkflowStateMachine<LoanInstance>
    {
        public EndlessWorkflow() : base("endless")
        {
            StartsWith(() => Requested, start => start.LoanId);
            Initially(When(Requested).TransitionTo(Waiting));
        }

        public State Waiting { get; } = null!;

        public Event<RequestLoan> Requested { get; } = null!;
    }
}
