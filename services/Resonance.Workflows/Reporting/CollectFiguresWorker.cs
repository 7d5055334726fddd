using Resonance.Contracts.Reporting;
using Resonance.Engine.Storage.Queries;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Reporting;

/// <summary>Counts in the journal. It only reads, and for long: the answer is kept, but no transaction is open meanwhile.</summary>
sealed class CollectFiguresWorker(WorkerEffects effects, WorkflowFigures figures)
    : RemoteActivityWorker<CollectFigures, FiguresCollected>(effects)
{
    protected override async Task<WorkerResult<FiguresCollected>> CallAsync(CollectFigures command, CancellationToken cancellationToken)
    {
        var counted = await figures.ReadAsync(command.Workflow, command.From, command.To, cancellationToken);
        return new FiguresCollected
        {
            WorkflowId = command.WorkflowId,
            IdempotencyKey = command.IdempotencyKey,
            Figures = Told(command.Workflow, counted),
        };
    }

    static ReportFigures Told(string workflow, PeriodFigures counted) => new()
    {
        Workflow = workflow,
        Steps = counted.Steps,
        Started = counted.Started,
        Completed = counted.Completed,
        Failed = counted.Failed,
        Cancelled = counted.Cancelled,
        Suspended = counted.Suspended,
        Retries = counted.Retries,
        FailedAttempts = counted.FailedAttempts,
        Compensations = counted.Compensations,
        RejectedEvents = counted.RejectedEvents,
        RulesPassed = counted.RulesPassed,
        RulesFailed = counted.RulesFailed,
        Durations = counted.Durations is not { } durations
            ? null
            : new ReportDurations
            {
                AverageMs = durations.AverageMs,
                P50Ms = durations.P50Ms,
                P95Ms = durations.P95Ms,
                P99Ms = durations.P99Ms,
            },
        Timeline = new ReportTimeline
        {
            From = counted.SlotsFrom,
            SlotSeconds = (int)counted.Slot.TotalSeconds,
            Started = counted.StartedBySlot,
            Finished = counted.FinishedBySlot,
        },
    };
}
