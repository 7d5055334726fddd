using MassTransit;
using MassTransit.Configuration;
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

/// <summary>Adds the filter to every message of an endpoint: one for all deliveries, since it keeps nothing.</summary>
sealed class ContractFilterObserver : ConfigurationObserver, IMessageConfigurationObserver
{
    public ContractFilterObserver(IConsumePipeConfigurator configurator) : base(configurator)
    {
        Connect(this);
    }

    public void MessageConfigured<TMessage>(IConsumePipeConfigurator configurator) where TMessage : class =>
        configurator.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<TMessage>>(new ContractFilter<TMessage>()));
}
