using Resonance.Contracts.Cards;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Cards;

/// <summary>Asks the provider how likely fraud is.</summary>
sealed class AssessCardWorker(WorkerEffects effects, ICardProvider provider) : RemoteActivityWorker<AssessCard, CardAssessed>(effects)
{
    protected override async Task<WorkerResult<CardAssessed>> CallAsync(AssessCard command, CancellationToken cancellationToken)
    {
        var charge = new CardCharge(command.IdempotencyKey, command.CardToken, command.Amount, command.Currency);
        return await provider.AssessAsync(charge, cancellationToken) switch
        {
            CardProviderAnswer.Assessed assessed => new CardAssessed
            {
                WorkflowId = command.WorkflowId,
                IdempotencyKey = command.IdempotencyKey,
                FraudScore = assessed.FraudScore,
            },
            var other => other.ToRefusal(),
        };
    }
}

/// <summary>Has the provider capture an amount.</summary>
sealed class CaptureCardWorker(WorkerEffects effects, ICardProvider provider) : RemoteActivityWorker<CaptureCard, CardCaptured>(effects)
{
    protected override async Task<WorkerResult<CardCaptured>> CallAsync(CaptureCard command, CancellationToken cancellationToken)
    {
        var charge = new CardCharge(command.IdempotencyKey, command.CardToken, command.Amount, command.Currency);
        return await provider.CaptureAsync(charge, cancellationToken) switch
        {
            CardProviderAnswer.Captured captured => new CardCaptured
            {
                WorkflowId = command.WorkflowId,
                IdempotencyKey = command.IdempotencyKey,
                CaptureId = captured.CaptureId,
            },
            var other => other.ToRefusal(),
        };
    }
}

/// <summary>Has the provider give a captured amount back.</summary>
sealed class RefundCardWorker(WorkerEffects effects, ICardProvider provider) : RemoteActivityWorker<RefundCard, CardRefunded>(effects)
{
    protected override async Task<WorkerResult<CardRefunded>> CallAsync(RefundCard command, CancellationToken cancellationToken) =>
        await provider.RefundAsync(command.IdempotencyKey, command.CaptureKey, cancellationToken) switch
        {
            CardProviderAnswer.Refunded => new CardRefunded { WorkflowId = command.WorkflowId, IdempotencyKey = command.IdempotencyKey },
            var other => other.ToRefusal(),
        };
}

static class CardRefusals
{
    /// <summary>What the worker makes of an answer that is not the one it asked for.</summary>
    /// <exception cref="InvalidOperationException">The provider answered another question: a bug of its adapter.</exception>
    public static WorkerRefusal ToRefusal(this CardProviderAnswer answer) => answer switch
    {
        CardProviderAnswer.Refused refused => WorkerResult.Refused(refused.Kind, refused.Message),
        CardProviderAnswer.NoAnswer => WorkerResult.Silent,
        _ => throw new InvalidOperationException($"The card provider answered with '{answer}', which was not asked for."),
    };
}
