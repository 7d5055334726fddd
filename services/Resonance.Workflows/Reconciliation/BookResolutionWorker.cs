using Resonance.Contracts.Reconciliation;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Reconciliation;

/// <summary>Settles lines for a person.</summary>
sealed class BookResolutionWorker(WorkerEffects effects, TimeProvider time) : ActivityWorker<BookResolution, ResolutionBooked>(effects)
{
    protected override async Task<WorkerResult<ResolutionBooked>> ExecuteAsync(
        BookResolution command, WorkerTransaction transaction, CancellationToken cancellationToken)
    {
        var (resolved, refusal) = await ReconciliationLines.ResolveAsync(transaction, command, time.GetUtcNow(), cancellationToken);
        if (refusal is not null)
            return WorkerResult.Refused("lines_not_open", refusal);

        return new ResolutionBooked
        {
            WorkflowId = command.WorkflowId,
            IdempotencyKey = command.IdempotencyKey,
            Resolved = resolved,
            Balance = await ReconciliationLines.BalanceAsync(transaction, command.ReconciliationId, cancellationToken),
        };
    }
}
