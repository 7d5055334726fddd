using System.Runtime.Serialization;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Rescue;
using MassTransit.Transports;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;

namespace Resonance.Engine.Delivery;

/// <summary>What is tried again in place before a message is set aside, and what is set aside at once.</summary>
static class FaultPolicy
{
    // Together more than a day: whoever looks after the store has seen to it by then.
    static readonly TimeSpan[] StoreWaits =
        [.. Enumerable.Range(0, 20_000).Select(retry => TimeSpan.FromMilliseconds(retry < 6 ? 100 << retry : 5000))];

    /// <summary>The waits before a message that failed is tried again in place.</summary>
    public static IReadOnlyList<TimeSpan> InPlace { get; } =
        [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2)];

    public static void UseFaultPolicy(this IReceiveEndpointConfigurator endpoint, IWorkflowStore store)
    {
        // A fault's message would go to an exchange that nobody listens to; the reason stands in the headers of the message set aside.
        endpoint.PublishFaults = false;
        endpoint.ConfigureError(failed =>
        {
            failed.UseExecute(RememberContract);
            failed.UseFilter(new GenerateFaultFilter());
            failed.UseFilter(new ErrorTransportFilter());
        });
        endpoint.ConfigureDeadLetter(untaken => untaken.UseExecuteAsync(SetAsideAsync));

        // A store that is away blames no message: a worker waits for it, as a step does.
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(store.IsTransient);
            retry.Intervals(StoreWaits);
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(store.IsTransient);
            retry.Ignore<ContractRefusedException>();
            retry.Ignore<InstanceNotFoundException>();
            retry.Ignore<KeyTakenException>();
            retry.Ignore<StepRefusedException>();
            retry.Ignore<SerializationException>();
            retry.Ignore<WrongWorkflowException>();
            retry.Intervals([.. InPlace]);
        });
    }

    /// <summary>
    /// Bare JSON may have its contract from nothing but the exchange that it was published to, which a message that was set aside no longer
    /// knows: it could not be sent to its queue again.
    /// </summary>
    static void RememberContract(ExceptionReceiveContext failed)
    {
        if (failed.TryGetPayload(out RabbitMqBasicConsumeContext? basic)
            && DeliveryContract.TypesOf(failed.TransportHeaders).Length == 0
            && DeliveryContract.NamedByExchange(basic.Exchange) is { } contract)
        {
            failed.ExceptionHeaders.Set(MessageHeaders.MessageType, contract);
        }
    }

    /// <summary>
    /// A message of a contract that the queue does not take. MassTransit would move it to a queue of its own, without a reason and
    /// without a word in the log; thrown here, the refusal would have it delivered again for ever.
    /// </summary>
    static async Task SetAsideAsync(ReceiveContext untaken)
    {
        var refusal = new SerializationException(
            $"The queue '{untaken.InputAddress.AbsolutePath.Split('/')[^1]}' does not take this contract. Publish a message to the " +
            "exchange of its contract: the queues that take it are bound there.");
        await untaken.NotifyFaulted(refusal);
        await untaken.GetPayload<IErrorTransport>().Send(new RescueExceptionReceiveContext(untaken, refusal));
    }
}
