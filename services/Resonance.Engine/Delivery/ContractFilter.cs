using MassTransit;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Delivery;

/// <summary>Holds every message to the rules of its contract before anything is made of it.</summary>
sealed class ContractFilter<TMessage> : IFilter<ConsumeContext<TMessage>> where TMessage : class
{
    public Task Send(ConsumeContext<TMessage> context, IPipe<ConsumeContext<TMessage>> next)
    {
        var errors = ContractReader.Validate(context.Message);
        return errors.Count == 0 ? next.Send(context) : throw ContractRefusedException.For(typeof(TMessage), errors);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("contract");
}
