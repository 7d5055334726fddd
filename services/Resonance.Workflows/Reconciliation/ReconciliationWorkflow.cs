using System.Globalization;
using MassTransit;
using Resonance.Contracts.Reconciliation;
using Resonance.Engine.Definitions;
using Resonance.Engine.Recovery;

namespace Resonance.Workflows.Reconciliation;

/// <summary>Compares our books with a card provider's statement; what waiting does not put right, a person does.</summary>
public sealed class ReconciliationWorkflow : WorkflowStateMachine<ReconciliationInstance>
{
    /// <summary>Name of the workflow and of its queue.</summary>
    public const string Type = "reconciliation";

    readonly ReconciliationRules _rules;
    readonly RetryPolicy _recovery;

    public ReconciliationWorkflow(ReconciliationRules rules, WorkflowTimes times) : base(Type)
    {
        _rules = rules;
        _recovery = new RetryPolicy
        {
            InitialInterval = times.ReconciliationRecovery,
            BackoffCoefficient = 2,
            MaximumInterval = TimeSpan.FromHours(4),
            MaximumAttempts = 4,
            Jitter = 0,
        };

        StartsWith(() => Requested, start => start.ReconciliationId);
        Accepts(() => ResolutionArrived, resolution => resolution.ReconciliationId);

        MatchStatement = Activity<MatchStatement, StatementMatched>(nameof(MatchStatement), activity => activity
            .SendTo(WorkersRegistration.StatementQueue).Timeout(times.Statement)
            .NeedsNoCompensation("because what it finds is found anew by the next one")
            .Command(call => new MatchStatement
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                ReconciliationId = call.WorkflowId,
                Provider = call.Instance.Provider,
                From = call.Instance.From,
                To = call.Instance.To,
            }));
        BookResolution = Activity<BookResolution, ResolutionBooked>(nameof(BookResolution), activity => activity
            .SendTo(WorkersRegistration.StatementQueue).Timeout(times.Worker)
            .NeedsNoCompensation("because what a person has settled stays settled")
            .Command(call => new BookResolution
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                ReconciliationId = call.WorkflowId,
                Lines = call.Instance.Resolution!.Lines,
                Operator = call.Instance.Resolution.Operator,
                Reason = call.Instance.Resolution.Reason,
            }));

        Ends(Verified, WorkflowStatus.Completed);

        WhenRequested();
        WhileMatching();
        WhileHandlingExceptions();
        WhileSuspended();
        WhenVerified();
    }

    /// <summary>Accepted; nothing has been compared yet.</summary>
    public State Pending { get; } = null!;

    /// <summary>The statement is fetched and compared.</summary>
    public State Matching { get; } = null!;

    /// <summary>There are lines on which books and statement do not agree: they wait for a later statement, or are being settled.</summary>
    public State ExceptionHandling { get; } = null!;

    /// <summary>Books and statement agree.</summary>
    public State Verified { get; } = null!;

    /// <summary>The start.</summary>
    public Event<StartReconciliation> Requested { get; } = null!;

    /// <summary>A person settles lines.</summary>
    public Event<ResolveReconciliationLines> ResolutionArrived { get; } = null!;

    /// <summary>Fetches the statement and compares it with our books.</summary>
    public Activity<ReconciliationInstance, MatchStatement, StatementMatched> MatchStatement { get; }

    /// <summary>Settles lines for a person.</summary>
    public Activity<ReconciliationInstance, BookResolution, ResolutionBooked> BookResolution { get; }

    void WhenRequested() => Initially(
        When(Requested)
            .Then(context => Remember(context.Saga, context.Message))
            .TransitionTo(Pending)
            .Execute(MatchStatement)
            .TransitionTo(Matching));

    void WhileMatching() => During(Matching,
        When(MatchStatement.Completed)
            .Then(context => Take(context.Saga, context.Message))
            .Evaluate(_rules.WithinTolerance, context => Facts(context.Saga),
                pass => pass.TransitionTo(Verified),
                fail => fail
                    .TransitionTo(ExceptionHandling)
                    .IfElse(context => _recovery.Allows(context.Saga.Recoveries + 1, ReconciliationKinds.MissingAtProvider),
                        again => again
                            .Then(context => context.Saga.Recoveries++)
                            .Recover(MatchStatement, _recovery, context => context.Saga.Recoveries, Matching),
                        person => person.Suspend(context => NeedsPerson(context.Saga, context.WhyNot(_rules.WithinTolerance))))));

    void WhileHandlingExceptions() => During(ExceptionHandling,
        When(BookResolution.Completed)
            .Then(context => context.Saga.Stands(context.Message.Balance))
            .IfElse(context => context.Saga.OpenLines == 0,
                none => none.TransitionTo(Verified),
                some => some.Evaluate(_rules.WithinTolerance, context => Facts(context.Saga),
                    pass => pass.TransitionTo(Verified),
                    fail => fail.Suspend(context => NeedsPerson(context.Saga, context.WhyNot(_rules.WithinTolerance))))),
        When(BookResolution.Failed)
            .Suspend(context => NeedsPerson(context.Saga, $"the last resolution was refused: {context.Message.Message}")),
        When(Resumed)
            .Execute(MatchStatement)
            .TransitionTo(Matching));

    void WhileSuspended() => During(Suspended,
        When(ResolutionArrived)
            .GoOnFrom(ExceptionHandling, after: "resolution", then => then
                .Acted("resolve", resolution => resolution.Operator, resolution => resolution.Reason)
                .Then(context => context.Saga.Resolution =
                    new ReconciliationResolution(context.Message.Lines, context.Message.Operator, context.Message.Reason))
                .Execute(BookResolution)));

    void WhenVerified() => WhenEnter(Verified, entering => entering
        .Publish(context => new ReconciliationVerified
        {
            ReconciliationId = context.Saga.CorrelationId,
            Provider = context.Saga.Provider,
            From = context.Saga.From,
            To = context.Saga.To,
            StatementLines = context.Saga.StatementLines,
            LedgerEntries = context.Saga.LedgerEntries,
            ResolvedLines = context.Saga.ResolvedLines,
            OpenLines = context.Saga.OpenLines,
        }));

    static string NeedsPerson(ReconciliationInstance reconciliation, string why) => string.Create(
        CultureInfo.InvariantCulture,
        $"{reconciliation.OpenLines} {(reconciliation.OpenLines == 1 ? "line needs" : "lines need")} a person: {why}");

    static ToleranceFacts Facts(ReconciliationInstance reconciliation) =>
        new(reconciliation.OpenLines, reconciliation.Difference, reconciliation.StatementLines, reconciliation.LedgerEntries);

    static void Remember(ReconciliationInstance reconciliation, StartReconciliation start)
    {
        reconciliation.Provider = start.Provider;
        reconciliation.From = start.From;
        reconciliation.To = start.To;
    }

    static void Take(ReconciliationInstance reconciliation, StatementMatched matched)
    {
        reconciliation.StatementLines = matched.StatementLines;
        reconciliation.LedgerEntries = matched.LedgerEntries;
        reconciliation.Stands(matched.Balance);
    }
}
