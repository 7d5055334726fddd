using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.Testing;
using Xunit;

namespace Acme.Loans.Tests;

public sealed class LoanTests
{
    static readonly RequestLoan Alexandra = new(Guid.Parse("3f2504e0-4f89-41d3-9a0c-0305e82c3301"), "Alexandra", 1000);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_loan_that_is_signed_is_granted()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(new LoanWorkflow(), cancellationToken: Cancel);

        var loan = await harness.StartInstanceAsync(Alexandra);
        var check = loan.NextCommand<CheckCredit>();
        await loan.ReplyAsync(check, new CreditChecked(check.WorkflowId, check.IdempotencyKey, Score: 700));
        await loan.RaiseAsync(new LoanSigned(loan.Id));

        Assert.Equal("Alexandra", check.Message.Customer);
        Assert.Equal(("Granted", WorkflowStatus.Completed, 700), (loan.State, loan.Status, loan.Instance.Score));
        Assert.Equal("pass", Assert.Single(loan.Journal.OfType<RuleEvaluated>()).Verdict);
    }

    [Fact]
    public async Task A_bureau_that_never_answers_is_asked_five_times_and_then_a_person_retries()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(new LoanWorkflow(), cancellationToken: Cancel);
        var loan = await harness.StartInstanceAsync(Alexandra);

        // Ten seconds for each attempt, and the waits between them: an hour is more than enough, and takes no time.
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(("Suspended", "CheckCredit failed 5 times: no answer within 10 s"), (loan.State, loan.Reason));

        await loan.ActAsync(OperatorActions.Retry, "ann", "the bureau is back");
        Assert.Equal("Checking", loan.State);
    }

    [Fact]
    public async Task A_loan_that_nobody_signs_expires_after_two_weeks()
    {
        await using var harness = await WorkflowTestHarness.StartAsync(new LoanWorkflow(), cancellationToken: Cancel);
        var loan = await harness.StartInstanceAsync(Alexandra);
        var check = loan.NextCommand<CheckCredit>();
        await loan.FailAsync(check, "bureau_busy", "the bureau is busy");
        await harness.AdvanceToNextTimerAsync();
        var again = loan.NextCommand<CheckCredit>();
        await loan.ReplyAsync(again, new CreditChecked(again.WorkflowId, again.IdempotencyKey, Score: 700));

        await harness.AdvanceAsync(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        Assert.Equal("AwaitingSignature", loan.State);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.Equal((2, check.IdempotencyKey), (again.Attempt, again.IdempotencyKey));
        Assert.Equal(("Expired", "nobody signed"), (loan.State, loan.Reason));
        Assert.EndsWith("Workflow LOAN-1001 transitioned from AWAITING_SIGNATURE to EXPIRED.", loan.Trail[^2]);
    }
}
