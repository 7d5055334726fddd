using System.Runtime.Serialization;
using MassTransit;
using Resonance.Engine.Steps;

namespace Resonance.Engine.Delivery;

/// <summary>What is tried again in place before a message is set aside, and what is set aside at once.</summary>
static class FaultPolicy
{
    public static void UseFaultPolicy(this IReceiveEndpointConfigurator endpoint)
    {
        // A fault's message would go to an exchange that nobody listens to; the reason stands in the headers of the message set aside.
        endpoint.PublishFaults = false;
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<ContractRefusedException>();
            retry.Ignore<InstanceNotFoundException>();
            retry.Ignore<KeyTakenException>();
            retry.Ignore<StepRefusedException>();
            retry.Ignore<SerializationException>();
            retry.Ignore<WrongWorkflowException>();
            retry.Intervals(100, 500, 2000);
        });
    }
}
