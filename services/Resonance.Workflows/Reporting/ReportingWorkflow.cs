using MassTransit;
using Resonance.Contracts.Reporting;
using Resonance.Engine.Definitions;
using Resonance.Engine.Recovery;

namespace Resonance.Workflows.Reporting;

/// <summary>Makes a report: the figures of its workflows are collected side by side, written down, and kept.</summary>
public sealed class ReportingWorkflow : WorkflowStateMachine<ReportingInstance>
{
    /// <summary>Name of the workflow and of its queue.</summary>
    public const string Type = "reporting";

    const string OnlyReads = "because reading the journal changes nothing";
    const string StaysUnread = "because a document that nobody is told of harms nobody";

    readonly Func<WorkflowCatalog> _catalog;

    /// <param name="rules">Its rules.</param>
    /// <param name="times">Its patience.</param>
    /// <param name="catalog">Finds the workflows that there are, this one among them: asked when a report starts, and not before.</param>
    public ReportingWorkflow(ReportingRules rules, WorkflowTimes times, Func<WorkflowCatalog> catalog) : base(Type)
    {
        _catalog = catalog;
        StartsWith(() => Requested, start => start.ReportId);

        var retry = new RetryPolicy { InitialInterval = times.ReportRetry, MaximumInterval = TimeSpan.FromHours(1), MaximumAttempts = 3 };
        CollectFigures = Activity<CollectFigures, FiguresCollected>(nameof(CollectFigures), activity => activity
            .SendTo(WorkersRegistration.FiguresQueue).Timeout(times.Report).Retry(retry)
            .NeedsNoCompensation(OnlyReads)
            .Command(call => new CollectFigures
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                Workflow = call.Item!,
                From = call.Instance.From,
                To = call.Instance.To,
            }));
        RenderReport = Activity<RenderReport, ReportRendered>(nameof(RenderReport), activity => activity
            .SendTo(WorkersRegistration.RendererQueue).Timeout(times.Report).Retry(retry)
            .NeedsNoCompensation(StaysUnread)
            .Command(call => new RenderReport
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                ReportId = call.WorkflowId,
                Key = call.Instance.Key,
                Kind = call.Instance.Kind,
                From = call.Instance.From,
                To = call.Instance.To,
                Format = call.Instance.Format,
                Figures = call.Instance.Figures,
            }));

        Ends(Published, WorkflowStatus.Completed);
        Ends(Failed, WorkflowStatus.Failed);

        WhenRequested();
        WhileCollecting(rules);
        WhileRendering();
        WhenPublished();
        WhenFailed();
    }

    /// <summary>Accepted; nothing has been collected yet.</summary>
    public State Pending { get; } = null!;

    /// <summary>The figures of some workflows are still missing.</summary>
    public State Collecting { get; } = null!;

    /// <summary>All figures are there; the report is being written down.</summary>
    public State Rendering { get; } = null!;

    /// <summary>The report can be read.</summary>
    public State Published { get; } = null!;

    /// <summary>There is no report.</summary>
    public State Failed { get; } = null!;

    /// <summary>The start.</summary>
    public Event<GenerateReport> Requested { get; } = null!;

    /// <summary>Counts what one workflow did; executed for each workflow of the report at once.</summary>
    public Activity<ReportingInstance, CollectFigures, FiguresCollected> CollectFigures { get; }

    /// <summary>Writes the report down.</summary>
    public Activity<ReportingInstance, RenderReport, ReportRendered> RenderReport { get; }

    void WhenRequested() => Initially(
        When(Requested)
            .Then(context => Remember(context.Saga, context.Message))
            .TransitionTo(Pending)
            .IfElse(context => WorkflowsOf(context.Saga.Kind).Count > 0,
                some => some
                    .ExecuteEach(CollectFigures, context => WorkflowsOf(context.Saga.Kind))
                    .TransitionTo(Collecting),
                none => none.Because(context => Unknown(context.Saga.Kind)).TransitionTo(Failed)));

    void WhileCollecting(ReportingRules rules) => During(Collecting,
        When(CollectFigures.Completed)
            .Then(context => context.Saga.Collected(context.Message.Figures))
            .If(context => context.AllAnswered(CollectFigures),
                all => all.Evaluate(rules.HasData, context => Facts(context.Saga),
                    pass => pass.Execute(RenderReport).TransitionTo(Rendering),
                    fail => fail.Because(context => context.WhyNot(rules.HasData)).TransitionTo(Failed))),
        When(CollectFigures.Failed).Because(context => Why(context.Message)).TransitionTo(Failed),
        When(CollectFigures.Exhausted).Because(context => Why(context.Message)).TransitionTo(Failed));

    void WhileRendering() => During(Rendering,
        When(RenderReport.Completed)
            .Then(context => context.Saga.Size = context.Message.Size)
            .TransitionTo(Published),
        When(RenderReport.Failed).Because(context => Why(context.Message)).TransitionTo(Failed),
        When(RenderReport.Exhausted).Because(context => Why(context.Message)).TransitionTo(Failed));

    void WhenPublished() => WhenEnter(Published, entering => entering
        .Publish(context => new ReportPublished
        {
            ReportId = context.Saga.CorrelationId,
            Kind = context.Saga.Kind,
            From = context.Saga.From,
            To = context.Saga.To,
            Format = context.Saga.Format,
            Size = context.Saga.Size,
        }));

    void WhenFailed() => WhenEnter(Failed, entering => entering
        .Publish(context => new ReportFailed
        {
            ReportId = context.Saga.CorrelationId,
            Kind = context.Saga.Kind,
            Reason = context.Saga.Reason ?? "failed",
        }));

    IReadOnlyList<string> WorkflowsOf(string kind) =>
    [
        .. _catalog().All.Select(workflow => workflow.Type)
            .Where(type => kind == ReportKinds.Workflows || kind == type)
            .Order(StringComparer.Ordinal),
    ];

    string Unknown(string kind) =>
        $"There is no workflow '{kind}'. Ask for '{ReportKinds.Workflows}' or for one of {string.Join(", ", WorkflowsOf(ReportKinds.Workflows))}.";

    static string Why(ActivityFailure failure) =>
        failure.Item is null
            ? $"The report could not be written down: {failure.Message}"
            : $"The figures of '{failure.Item}' could not be collected: {failure.Message}";

    static ReportFacts Facts(ReportingInstance report)
    {
        // Reports that are made each hour would otherwise be a reason to make reports for ever.
        var counted = report.Figures.Where(figures => figures.Workflow != Type || report.Kind == Type).ToArray();
        return new ReportFacts(
            report.Kind,
            counted.Sum(figures => figures.Steps),
            counted.Sum(figures => figures.Started),
            counted.Sum(figures => figures.Completed + figures.Failed + figures.Cancelled));
    }

    static void Remember(ReportingInstance report, GenerateReport start)
    {
        report.Kind = start.Kind;
        report.From = start.From.ToUniversalTime();
        report.To = start.To.ToUniversalTime();
        report.Format = start.Format;
    }
}
