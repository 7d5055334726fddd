using MassTransit;
using Resonance.Audit.Ledger;
using Resonance.Contracts.Audit;

namespace Resonance.Audit.Witness;

/// <summary>The saga-audit consumer: what engines tell of their commits goes into the ledger, many messages at a time.</summary>
sealed class StepsWitness(LedgerStore ledger) : IConsumer<Batch<StepsCommitted>>
{
    /// <summary>Name of its queue.</summary>
    public const string EndpointName = "saga-audit";

    public Task Consume(ConsumeContext<Batch<StepsCommitted>> context) =>
        ledger.AppendAsync([.. context.Message.SelectMany(message => message.Message.Steps)], StepSource.Message, context.CancellationToken);
}

/// <summary>A batch ends when it is full or a tenth of a second old: a quiet system is witnessed at once, a busy one cheaply.</summary>
sealed class StepsWitnessDefinition : ConsumerDefinition<StepsWitness>
{
    const int MostMessages = 32;
    static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    public StepsWitnessDefinition()
    {
        EndpointName = StepsWitness.EndpointName;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<StepsWitness> consumerConfigurator,
        IRegistrationContext context)
    {
        // The ledger takes one batch at a time whatever comes; the next one gathers meanwhile.
        endpointConfigurator.PrefetchCount = 4 * MostMessages;
        endpointConfigurator.ConcurrentMessageLimit = 4 * MostMessages;
        consumerConfigurator.Options<BatchOptions>(batch => batch
            .SetMessageLimit(MostMessages)
            .SetTimeLimit(Longest)
            .SetTimeLimitStart(BatchTimeLimitStart.FromFirst)
            .SetConcurrencyLimit(1));
    }
}
