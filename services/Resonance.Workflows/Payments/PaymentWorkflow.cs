using MassTransit;
using Resonance.Contracts.Cards;
using Resonance.Contracts.Notifications;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Recovery;
using Resonance.Workflows.Notifications;

namespace Resonance.Workflows.Payments;

/// <summary>Assesses a card and captures an amount; a captured payment can be given back.</summary>
public sealed class PaymentWorkflow : WorkflowStateMachine<PaymentInstance>
{
    /// <summary>Name of the workflow and of its queue.</summary>
    public const string Type = "payment";

    public PaymentWorkflow(PaymentRules rules, WorkflowTimes times) : base(Type)
    {
        StartsWith(() => Started, start => start.PaymentId);
        Accepts(() => RefundRequested, refund => refund.PaymentId);
        CompensatesThrough(@while: Refunding, after: Refunded);

        var retry = new RetryPolicy
        {
            InitialInterval = times.CardRetry,
            BackoffCoefficient = 2,
            MaximumInterval = TimeSpan.FromMinutes(1),
            MaximumAttempts = 5,
        };
        AssessCard = Activity<AssessCard, CardAssessed>(nameof(AssessCard), activity => activity
            .SendTo(WorkersRegistration.CardProviderQueue).Timeout(times.CardProvider).Retry(retry).RetryFrom(Pending)
            .NeedsNoCompensation("because an assessment changes nothing at the provider")
            .Command(call => new AssessCard
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                CardToken = call.Instance.CardToken,
                Amount = call.Instance.Amount,
                Currency = call.Instance.Currency,
            }));
        RefundCard = Activity<RefundCard, CardRefunded>(nameof(RefundCard), activity => activity
            .SendTo(WorkersRegistration.CardProviderQueue).Timeout(times.CardProvider).Retry(retry)
            .Command(call => new RefundCard
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                CaptureKey = call.KeyOf(nameof(CaptureCard)),
            }));
        CaptureCard = Activity<CaptureCard, CardCaptured>(nameof(CaptureCard), activity => activity
            .SendTo(WorkersRegistration.CardProviderQueue).Timeout(times.CardProvider).Retry(retry).RetryFrom(Pending)
            .CompensateWith(RefundCard)
            .Command(call => new CaptureCard
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                CardToken = call.Instance.CardToken,
                Amount = call.Instance.Amount,
                Currency = call.Instance.Currency,
            }));

        Ends(Completed, WorkflowStatus.Completed);
        Ends(Declined, WorkflowStatus.Failed);
        Ends(Refunded, WorkflowStatus.Cancelled);

        WhenStarted();
        WhileValidatingCard(rules);
        WhileCapturing();
        WhileUnfinished();
        OnceCompleted();
        WhenDeclined();
        WhenRefunded();
    }

    /// <summary>Waits for its (next) attempt.</summary>
    public State Pending { get; } = null!;

    /// <summary>The provider assesses the card.</summary>
    public State ValidateCard { get; } = null!;

    /// <summary>The provider captures the amount.</summary>
    public State Capturing { get; } = null!;

    /// <summary>Captured.</summary>
    public State Completed { get; } = null!;

    /// <summary>Refused; nothing was captured.</summary>
    public State Declined { get; } = null!;

    /// <summary>The provider gives the amount back.</summary>
    public State Refunding { get; } = null!;

    /// <summary>Given back.</summary>
    public State Refunded { get; } = null!;

    /// <summary>The start.</summary>
    public Event<StartPayment> Started { get; } = null!;

    /// <summary>Somebody wants the money back.</summary>
    public Event<RefundPayment> RefundRequested { get; } = null!;

    /// <summary>Asks the provider how likely fraud is.</summary>
    public Activity<PaymentInstance, AssessCard, CardAssessed> AssessCard { get; }

    /// <summary>Captures the amount.</summary>
    public Activity<PaymentInstance, CaptureCard, CardCaptured> CaptureCard { get; }

    /// <summary>Gives the amount back.</summary>
    public Activity<PaymentInstance, RefundCard, CardRefunded> RefundCard { get; }

    void WhenStarted() => Initially(
        When(Started)
            .Then(context => Remember(context.Saga, context.Message))
            .TransitionTo(Pending)
            .Execute(AssessCard)
            .TransitionTo(ValidateCard));

    void WhileValidatingCard(PaymentRules rules) => During(ValidateCard,
        When(AssessCard.Completed)
            .Then(context => context.Saga.FraudScore = context.Message.FraudScore)
            .Evaluate(rules.FraudScore, Facts,
                pass => pass.Execute(CaptureCard).TransitionTo(Capturing),
                fail => fail.Evaluate(rules.FraudReview, Facts,
                    review => review.Suspend(context => $"{context.WhyNot(rules.FraudScore)}: a person must decide"),
                    decline => decline
                        .Because(context => context.WhyNot(rules.FraudReview))
                        .TransitionTo(Declined))),
        When(AssessCard.Failed)
            .Because(context => context.Message.Message)
            .TransitionTo(Declined),
        When(Resumed)
            .Execute(CaptureCard)
            .TransitionTo(Capturing));

    void WhileCapturing() => During(Capturing,
        When(CaptureCard.Completed)
            .Then(context => context.Saga.CaptureId = context.Message.CaptureId)
            .TransitionTo(Completed)
            .Publish(context => new PaymentCompleted
            {
                PaymentId = context.Saga.CorrelationId,
                Reference = context.Saga.Reference,
                CaptureId = context.Saga.CaptureId!,
                Amount = context.Saga.Amount,
                Currency = context.Saga.Currency,
                CompletedAt = context.Now(),
            }),
        When(CaptureCard.Failed)
            .Because(context => context.Message.Message)
            .TransitionTo(Declined));

    void WhileUnfinished() => During([Pending, ValidateCard, Capturing, Suspended],
        When(RefundRequested).Compensate(context => context.Message.Reason));

    void OnceCompleted() => During(Completed,
        When(RefundRequested).Compensate(context => context.Message.Reason));

    void WhenDeclined() => WhenEnter(Declined, entering => entering
        .Publish(context => new PaymentDeclined
        {
            PaymentId = context.Saga.CorrelationId,
            Reference = context.Saga.Reference,
            Reason = context.Saga.Reason ?? "declined",
        })

        // Why a card is taken for suspicious is nothing for those whom it might help.
        .Notify(NotificationTemplates.PaymentDeclined, payment => payment.Notify, payment => new Dictionary<string, string>
        {
            ["reference"] = payment.Reference,
            ["reason"] = "The card was not accepted. Another one may be.",
        }));

    void WhenRefunded() => WhenEnter(Refunded, entering => entering
        .Publish(context => new PaymentRefunded
        {
            PaymentId = context.Saga.CorrelationId,
            Reference = context.Saga.Reference,
            CaptureId = context.Saga.CaptureId,
            Amount = context.Saga.Amount,
            Currency = context.Saga.Currency,
            RefundedAt = context.Now(),
        })
        .Notify(NotificationTemplates.PaymentRefunded, payment => payment.Notify, payment => new Dictionary<string, string>
        {
            ["reference"] = payment.Reference,
            ["amount"] = NotifyVerb.Text(payment.Amount),
            ["currency"] = payment.Currency,
        }));

    static FraudFacts Facts(BehaviorContext<PaymentInstance> context) => new(context.Saga.FraudScore ?? 1, context.Saga.Amount, context.Saga.Currency);

    static void Remember(PaymentInstance payment, StartPayment start)
    {
        payment.Reference = start.Reference;
        payment.Amount = start.Amount;
        payment.Currency = start.Currency;
        payment.CardToken = start.CardToken;
        payment.Notify = start.Notify;
    }
}
