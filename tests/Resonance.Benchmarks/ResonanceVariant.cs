using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resonance.Audit;
using Resonance.Audit.Checkpoints;
using Resonance.Audit.Ledger;
using Resonance.Engine;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Rules;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Postgres;
using Resonance.Engine.Storage.Sqlite;

namespace Resonance.Benchmarks;

/// <summary>The checkout on Resonance as its host sets it up: Postgres, RabbitMQ, the engine's own registrations.</summary>
static class ResonanceVariant
{
    public const string Name = "resonance";

    public const string AuditedName = "resonance audited";

    public const string AdmittedName = "resonance admitted";

    public static Task<Variant> StartAsync(
        BenchmarkDatabase database, BenchmarkBroker broker, int concurrency, CancellationToken cancellationToken) =>
        Variant.StartAsync(Name, services => Configure(services, database, broker, concurrency, audited: false), cancellationToken);

    /// <summary>With checkouts that wait for their turn: one after the other for each customer.</summary>
    public static Task<Variant> StartAdmittedAsync(
        BenchmarkDatabase database, BenchmarkBroker broker, int concurrency, CancellationToken cancellationToken) =>
        Variant.StartAsync(
            AdmittedName,
            services =>
            {
                Configure(services, database, broker, concurrency, audited: false);

                // MassTransit would make the workflow itself, as it is without.
                services.RemoveAll<CheckoutWorkflow>();
                services.AddSingleton(new CheckoutWorkflow(isAdmitted: true));
            },
            cancellationToken);

    /// <summary>With the audit's role in the same process.</summary>
    /// <param name="database">Holds the ledger as well.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="concurrency">Messages that an endpoint handles at once.</param>
    /// <param name="files">Directory of the audit's key and of its checkpoints.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static Task<Variant> StartAuditedAsync(
        BenchmarkDatabase database, BenchmarkBroker broker, int concurrency, string files, CancellationToken cancellationToken) =>
        Variant.StartAsync(
            AuditedName,
            services =>
            {
                services.AddSingleton(new CheckpointOptions { DataDirectory = files });
                Configure(services, database, broker, concurrency, audited: true);
            },
            cancellationToken);

    /// <summary>Likewise without servers: SQLite below a directory, and the broker in memory.</summary>
    public static Task<Variant> StartEmbeddedAsync(string directory, int concurrency, CancellationToken cancellationToken) =>
        Variant.StartAsync(
            Name,
            services =>
            {
                services.AddSqliteStore(new SqliteOptions { ConnectionString = $"Data Source={Path.Combine(directory, "benchmark.db")}" });
                Configure(
                    services, new DeliveryOptions { DoneWhenConsumed = true, Lease = TimeSpan.FromDays(1) }, concurrency,
                    bus => bus.UsingInMemory(Finish));
            },
            cancellationToken);

    static void Configure(IServiceCollection services, BenchmarkDatabase database, BenchmarkBroker broker, int concurrency, bool audited)
    {
        var store = new PostgresOptions { ConnectionString = database.ConnectionString };
        services.AddPostgresStore(store);
        if (audited)
        {
            var roles = new AuditRoles(new AuditOptions().Role, store.ApplicationRole);
            services.AddResonanceAudit(
                new AuditOptions(), loggers => AuditDatabase.OnPostgres(database.ConnectionString, roles, writes: true, loggers));
        }

        Configure(services, new DeliveryOptions { PublishSteps = audited }, concurrency, bus =>
        {
            if (audited)
                bus.AddResonanceWitness();
            bus.UsingRabbitMq((context, transport) =>
            {
                broker.Configure(transport);
                Finish(context, transport);
            });
        });
    }

    static void Configure(
        IServiceCollection services, DeliveryOptions delivery, int concurrency, Action<IBusRegistrationConfigurator> useBroker)
    {
        services.AddSingleton(new SchemaOptions(Migrate: true));
        services.AddHostedService<SchemaStartup>();
        services.AddResonanceEngine(delivery);
        services.AddWorkflowDefinition<CheckoutWorkflow>();
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddWorkflow<CheckoutWorkflow, CheckoutInstance>(CheckoutWorkflow.Type);
            bus.AddCheckoutWorkers();
            bus.AddConfigureEndpointsCallback((context, _, endpoint) =>
            {
                endpoint.PrefetchCount = concurrency;
                endpoint.ConcurrentMessageLimit = concurrency;
                endpoint.UseResonanceEndpoint(context);
            });
            useBroker(bus);
        });
    }

    static void Finish<TEndpoint>(IBusRegistrationContext context, IBusFactoryConfigurator<TEndpoint> transport)
        where TEndpoint : IReceiveEndpointConfigurator
    {
        transport.UseResonance(context);
        transport.ConfigureEndpoints(context);
    }
}

/// <summary>One checkout.</summary>
sealed class CheckoutInstance : WorkflowInstance
{
    public string CustomerId { get; set; } = "";

    public string Sku { get; set; } = "";

    public int Quantity { get; set; }

    public decimal Amount { get; set; }

    public string? ChargeId { get; set; }

    public string? TrackingNumber { get; set; }
}

/// <summary>Four transitions, three activities with their time-outs, and a rule before each activity.</summary>
sealed class CheckoutWorkflow : WorkflowStateMachine<CheckoutInstance>
{
    public const string Type = "checkout";

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    static readonly Rule<AmountFacts> AmountLimit = new(
        "amount_limit", "amount <= 10000", "Which amounts go through.", "the amount is above the limit");

    static readonly Rule<StockFacts> CheckInventory = new(
        "check_inventory", "available >= quantity", "Whether there is enough.", "out of stock");

    static readonly Rule<FraudFacts> FraudScore = new(
        "fraud_score", "fraud_score < 0.3", "Which payments go through.", "the fraud score is too high");

    public CheckoutWorkflow() : this(isAdmitted: false)
    {
    }

    public CheckoutWorkflow(bool isAdmitted) : base(Type)
    {
        StartsWith(() => Submitted, start => start.CheckoutId);
        if (isAdmitted)
            Admission<SubmitCheckout>(admission => admission.FifoBy(start => start.CustomerId));
        ReserveStock = Activity<ReserveStock, StockReserved>(nameof(ReserveStock), activity => activity
            .SendTo(CheckoutWorkers.Inventory).Timeout(Patience).NeedsNoCompensation("the worker does nothing")
            .Command(call => new ReserveStock(call.WorkflowId, call.IdempotencyKey, call.Instance.Sku, call.Instance.Quantity)));
        ChargeCard = Activity<ChargeCard, CardCharged>(nameof(ChargeCard), activity => activity
            .SendTo(CheckoutWorkers.Cards).Timeout(Patience).NeedsNoCompensation("the worker does nothing")
            .Command(call => new ChargeCard(call.WorkflowId, call.IdempotencyKey, call.Instance.CustomerId, call.Instance.Amount)));
        ShipParcel = Activity<ShipParcel, ParcelShipped>(nameof(ShipParcel), activity => activity
            .SendTo(CheckoutWorkers.Shipping).Timeout(Patience).NeedsNoCompensation("the worker does nothing")
            .Command(call => new ShipParcel(call.WorkflowId, call.IdempotencyKey, call.Instance.CustomerId, call.Instance.Sku)));
        Ends(Completed, WorkflowStatus.Completed);

        WhenSubmitted();
        WhileReserving();
        WhileCharging();
        WhileShipping();
    }

    public State Reserving { get; } = null!;

    public State Charging { get; } = null!;

    public State Shipping { get; } = null!;

    public State Completed { get; } = null!;

    public Event<SubmitCheckout> Submitted { get; } = null!;

    public Activity<CheckoutInstance, ReserveStock, StockReserved> ReserveStock { get; }

    public Activity<CheckoutInstance, ChargeCard, CardCharged> ChargeCard { get; }

    public Activity<CheckoutInstance, ShipParcel, ParcelShipped> ShipParcel { get; }

    void WhenSubmitted() => Initially(
        When(Submitted)
            .Then(context =>
            {
                context.Saga.CustomerId = context.Message.CustomerId;
                context.Saga.Sku = context.Message.Sku;
                context.Saga.Quantity = context.Message.Quantity;
                context.Saga.Amount = context.Message.Amount;
            })
            .Evaluate(AmountLimit, context => new AmountFacts(context.Message.Amount),
                pass => pass.Execute(ReserveStock).TransitionTo(Reserving),
                fail => fail.Compensate("above the limit")));

    void WhileReserving() => During(Reserving,
        When(ReserveStock.Completed)
            .Evaluate(CheckInventory, context => new StockFacts(context.Message.Available, context.Saga.Quantity),
                pass => pass.Execute(ChargeCard).TransitionTo(Charging),
                fail => fail.Compensate("out of stock")));

    void WhileCharging() => During(Charging,
        When(ChargeCard.Completed)
            .Then(context => context.Saga.ChargeId = context.Message.ChargeId)
            .Evaluate(FraudScore, context => new FraudFacts(context.Message.FraudScore),
                pass => pass.Execute(ShipParcel).TransitionTo(Shipping),
                fail => fail.Compensate("fraud")));

    void WhileShipping() => During(Shipping,
        When(ShipParcel.Completed)
            .Then(context => context.Saga.TrackingNumber = context.Message.TrackingNumber)
            .TransitionTo(Completed)
            .Publish(context => new CheckoutCompleted(context.Saga.CorrelationId, context.Saga.TrackingNumber!)));

    sealed record AmountFacts(decimal Amount);

    sealed record StockFacts(int Available, int Quantity);

    sealed record FraudFacts(double FraudScore);
}
