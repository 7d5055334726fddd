using MassTransit;

namespace Resonance.Benchmarks;

/// <summary>Who does the commands, the same for every variant: each replies at once and touches no database.</summary>
static class CheckoutWorkers
{
    public const string Inventory = "inventory";
    public const string Cards = "cards";
    public const string Shipping = "shipping";

    const string Observer = "observer";

    /// <summary>Adds the workers, and the observer of what is completed; each has a queue of its own.</summary>
    public static void AddCheckoutWorkers(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<StockWorker>().Endpoint(endpoint => endpoint.Name = Inventory);
        bus.AddConsumer<CardWorker>().Endpoint(endpoint => endpoint.Name = Cards);
        bus.AddConsumer<ParcelWorker>().Endpoint(endpoint => endpoint.Name = Shipping);
        bus.AddConsumer<CompletedObserver>().Endpoint(endpoint => endpoint.Name = Observer);
    }

    sealed class StockWorker : IConsumer<ReserveStock>
    {
        public Task Consume(ConsumeContext<ReserveStock> context) =>
            context.RespondAsync(new StockReserved(context.Message.WorkflowId, context.Message.IdempotencyKey, Available: 1000));
    }

    sealed class CardWorker : IConsumer<ChargeCard>
    {
        public Task Consume(ConsumeContext<ChargeCard> context) =>
            context.RespondAsync(new CardCharged(context.Message.WorkflowId, context.Message.IdempotencyKey, "ch_1", FraudScore: 0.05));
    }

    sealed class ParcelWorker : IConsumer<ShipParcel>
    {
        public Task Consume(ConsumeContext<ShipParcel> context) =>
            context.RespondAsync(new ParcelShipped(context.Message.WorkflowId, context.Message.IdempotencyKey, "TRACK-1"));
    }

    sealed class CompletedObserver(Completions completions) : IConsumer<CheckoutCompleted>
    {
        public Task Consume(ConsumeContext<CheckoutCompleted> context)
        {
            completions.Completed(context.Message.CheckoutId);
            return Task.CompletedTask;
        }
    }
}
