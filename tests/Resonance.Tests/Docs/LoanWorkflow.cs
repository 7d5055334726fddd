using MassTransit;
using Resonance.Contracts.Workflows;
using Resonance.Engine.Definitions;
using Resonance.Engine.Recovery;
using Resonance.Engine.Rules;
using Resonance.Engine.Workers;

namespace Acme.Loans;

// The wire: what starts the workflow, what its worker is asked, what it answers, and an event from outside.
public sealed record RequestLoan(Guid LoanId, string Customer, decimal Amount);

public sealed record CheckCredit(Guid WorkflowId, string IdempotencyKey, string Customer) : IActivityCommand;

public sealed record CreditChecked(Guid WorkflowId, string IdempotencyKey, int Score) : IActivityReply;

public sealed record LoanSigned(Guid LoanId);

// What an instance remembers. Every public property is stored as JSON.
public sealed class LoanInstance : WorkflowInstance
{
    public string Customer { get; set; } = "";
    public decimal Amount { get; set; }
    public int Score { get; set; }
}

// What the rule decides on; the verdict is journaled with these values.
public sealed record CreditFacts(int Score, decimal Amount);

public sealed class LoanWorkflow : WorkflowStateMachine<LoanInstance>
{
    readonly Rule<CreditFacts> _goodCredit = new(
        "good_credit",
        "score >= 600",
        description: "Who gets a loan at all.",
        failMeans: "the credit is not good enough");

    public LoanWorkflow() : base("loan")
    {
        StartsWith(() => Requested, start => start.LoanId);
        Accepts(() => Signed, signed => signed.LoanId);

        CheckCredit = Activity<CheckCredit, CreditChecked>(nameof(CheckCredit), activity => activity
            .SendTo("credit-bureau")
            .Timeout(TimeSpan.FromSeconds(10))
            .Retry(RetryPolicy.Default)
            .NeedsNoCompensation("because asking changes nothing")
            .Command(call => new CheckCredit(call.WorkflowId, call.IdempotencyKey, call.Instance.Customer)));

        Deadline(AwaitingSignature, TimeSpan.FromDays(14));
        Ends(Granted, WorkflowStatus.Completed);
        Ends(Refused, WorkflowStatus.Failed);
        Ends(Expired, WorkflowStatus.Cancelled);

        WhenRequested();
        WhileChecking();
        WhileAwaitingSignature();
    }

    public State Checking { get; } = null!;
    public State AwaitingSignature { get; } = null!;
    public State Granted { get; } = null!;
    public State Refused { get; } = null!;
    public State Expired { get; } = null!;

    public Event<RequestLoan> Requested { get; } = null!;
    public Event<LoanSigned> Signed { get; } = null!;

    public Activity<LoanInstance, CheckCredit, CreditChecked> CheckCredit { get; }

    void WhenRequested() => Initially(
        When(Requested)
            .Then(context =>
            {
                context.Saga.Customer = context.Message.Customer;
                context.Saga.Amount = context.Message.Amount;
            })
            .Execute(CheckCredit)
            .TransitionTo(Checking));

    void WhileChecking() => During(Checking,
        When(CheckCredit.Completed)
            .Then(context => context.Saga.Score = context.Message.Score)
            .Evaluate(_goodCredit, context => new CreditFacts(context.Saga.Score, context.Saga.Amount),
                pass => pass.TransitionTo(AwaitingSignature),
                fail => fail.Because(context => context.WhyNot(_goodCredit)).TransitionTo(Refused)));

    void WhileAwaitingSignature() => During(AwaitingSignature,
        When(Signed).TransitionTo(Granted),
        When(DeadlineReached).Because(_ => "nobody signed").TransitionTo(Expired));
}

// A worker does its work once for each idempotency key, however often the command arrives.
public sealed class CheckCreditWorker(WorkerEffects effects) : ActivityWorker<CheckCredit, CreditChecked>(effects)
{
    protected override Task<WorkerResult<CreditChecked>> ExecuteAsync(
        CheckCredit command, WorkerTransaction transaction, CancellationToken cancellationToken)
    {
        var score = command.Customer.Length * 100;
        return Task.FromResult<WorkerResult<CreditChecked>>(new CreditChecked(command.WorkflowId, command.IdempotencyKey, score));
    }
}
