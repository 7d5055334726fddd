using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Workflows;

namespace Resonance.Benchmarks;

/// <summary>
/// The checkout on MassTransit alone, its sagas in a dictionary in memory, with MassTransit's default envelope: what the framework
/// reaches when nothing is durable but the messages.
/// </summary>
static class InMemorySagaVariant
{
    public const string Name = "masstransit in-memory saga";

    public static Task<Variant> StartAsync(BenchmarkBroker broker, int concurrency, CancellationToken cancellationToken) =>
        Variant.StartAsync(Name, services => Configure(services, broker, concurrency), cancellationToken);

    static void Configure(IServiceCollection services, BenchmarkBroker broker, int concurrency) => services.AddMassTransit(bus =>
    {
        bus.DisableUsageTelemetry();
        bus.AddSagaStateMachine<CheckoutStateMachine, CheckoutState>()
            .Endpoint(endpoint => endpoint.Name = "checkout")
            .InMemoryRepository();
        bus.AddCheckoutWorkers();
        bus.AddConfigureEndpointsCallback((_, _, endpoint) =>
        {
            endpoint.PrefetchCount = concurrency;
            endpoint.ConcurrentMessageLimit = concurrency;
        });
        bus.UsingRabbitMq((context, transport) =>
        {
            broker.Configure(transport);
            transport.ConfigureEndpoints(context);
        });
    });
}

/// <summary>One checkout.</summary>
sealed class CheckoutState : SagaStateMachineInstance
{
    public Guid CorrelationId { get; set; }

    public string CurrentState { get; set; } = null!;

    public string CustomerId { get; set; } = "";

    public string Sku { get; set; } = "";

    public int Quantity { get; set; }

    public decimal Amount { get; set; }

    public string? ChargeId { get; set; }

    public string? TrackingNumber { get; set; }
}

/// <summary>The same states, messages and conditions as <see cref="CheckoutWorkflow"/>.</summary>
sealed class CheckoutStateMachine : MassTransitStateMachine<CheckoutState>
{
    static readonly Uri Inventory = new($"exchange:{CheckoutWorkers.Inventory}");
    static readonly Uri Cards = new($"exchange:{CheckoutWorkers.Cards}");
    static readonly Uri Shippers = new($"exchange:{CheckoutWorkers.Shipping}");

    public CheckoutStateMachine()
    {
        InstanceState(saga => saga.CurrentState);
        Event(() => Submitted, correlation => correlation.CorrelateById(context => context.Message.CheckoutId));
        Event(() => StockReserved, Reply);
        Event(() => CardCharged, Reply);
        Event(() => ParcelShipped, Reply);

        WhenSubmitted();
        WhileReserving();
        WhileCharging();
        WhileShipping();
        SetCompleted(saga => Task.FromResult(saga.CurrentState == nameof(Completed)));
    }

    public State Reserving { get; } = null!;

    public State Charging { get; } = null!;

    public State Shipping { get; } = null!;

    public State Completed { get; } = null!;

    public State Cancelled { get; } = null!;

    public Event<SubmitCheckout> Submitted { get; } = null!;

    public Event<StockReserved> StockReserved { get; } = null!;

    public Event<CardCharged> CardCharged { get; } = null!;

    public Event<ParcelShipped> ParcelShipped { get; } = null!;

    void WhenSubmitted() => Initially(
        When(Submitted)
            .Then(context =>
            {
                context.Saga.CustomerId = context.Message.CustomerId;
                context.Saga.Sku = context.Message.Sku;
                context.Saga.Quantity = context.Message.Quantity;
                context.Saga.Amount = context.Message.Amount;
            })
            .IfElse(context => context.Message.Amount <= 10_000,
                pass => pass
                    .Send(Inventory, context => Reserve(context.Saga), ReplyHere)
                    .TransitionTo(Reserving),
                fail => fail.TransitionTo(Cancelled)));

    void WhileReserving() => During(Reserving,
        When(StockReserved)
            .IfElse(context => context.Message.Available >= context.Saga.Quantity,
                pass => pass
                    .Send(Cards, context => Charge(context.Saga), ReplyHere)
                    .TransitionTo(Charging),
                fail => fail.TransitionTo(Cancelled)));

    void WhileCharging() => During(Charging,
        When(CardCharged)
            .Then(context => context.Saga.ChargeId = context.Message.ChargeId)
            .IfElse(context => context.Message.FraudScore < 0.3,
                pass => pass
                    .Send(Shippers, context => Ship(context.Saga), ReplyHere)
                    .TransitionTo(Shipping),
                fail => fail.TransitionTo(Cancelled)));

    void WhileShipping() => During(Shipping,
        When(ParcelShipped)
            .Then(context => context.Saga.TrackingNumber = context.Message.TrackingNumber)
            .TransitionTo(Completed)
            .Publish(context => new CheckoutCompleted(context.Saga.CorrelationId, context.Saga.TrackingNumber!)));

    /// <summary>Replies are sent to the saga's queue; no exchange is bound for them.</summary>
    static void Reply<TReply>(IEventCorrelationConfigurator<CheckoutState, TReply> correlation) where TReply : class, IActivityReply
    {
        correlation.CorrelateById(context => context.Message.WorkflowId);
        correlation.ConfigureConsumeTopology = false;
    }

    static ReserveStock Reserve(CheckoutState saga) => new(saga.CorrelationId, Key(saga, nameof(ReserveStock)), saga.Sku, saga.Quantity);

    static ChargeCard Charge(CheckoutState saga) => new(saga.CorrelationId, Key(saga, nameof(ChargeCard)), saga.CustomerId, saga.Amount);

    static ShipParcel Ship(CheckoutState saga) => new(saga.CorrelationId, Key(saga, nameof(ShipParcel)), saga.CustomerId, saga.Sku);

    static void ReplyHere<TMessage, TCommand>(BehaviorContext<CheckoutState, TMessage> context, SendContext<TCommand> send)
        where TMessage : class where TCommand : class =>
        send.ResponseAddress = context.ReceiveContext.InputAddress;

    static string Key(CheckoutState saga, string activity) => $"{saga.CorrelationId:N}/{activity}/1";
}
