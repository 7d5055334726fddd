using MassTransit;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using Resonance.Audit;
using Resonance.Engine;
using Resonance.Engine.Delivery;
using Resonance.Engine.Operations;
using Resonance.Engine.Schedules;
using Resonance.Workflows;

namespace Resonance.Host;

/// <summary>The bus: which broker, and which endpoints this process serves.</summary>
static class HostBus
{
    static readonly string[] KnownRoles = ["engine", "workers", "audit", "gateway"];

    public static void Configure(WebApplicationBuilder builder, ResonanceOptions options)
    {
        var roles = options.RoleSet;
        if (roles.Count == 0 || roles.Except(KnownRoles).Any())
        {
            throw new OptionsValidationException(
                ResonanceOptions.Section, typeof(ResonanceOptions),
                [$"Resonance:Roles must name some of {string.Join(", ", KnownRoles)}; found '{options.Roles}'."]);
        }

        var memory = options.Broker == "memory";
        if (memory && roles.Count < KnownRoles.Length)
        {
            throw new OptionsValidationException(
                ResonanceOptions.Section, typeof(ResonanceOptions),
                ["Resonance:Broker 'memory' lives in one process, which must have all roles. Leave Resonance:Roles out, or set Resonance:Broker to 'rabbitmq'."]);
        }

        // Nobody else can send what this process left behind, so that only its own restart ends a lease.
        var delivery = new DeliveryOptions { DoneWhenConsumed = memory, PublishSteps = options.PublishSteps, Lease = memory ? TimeSpan.FromDays(1) : options.Lease };
        ResonanceHost.Validated<RecoveryOptions>(builder, RecoveryOptions.Section);
        builder.Services.AddResonanceEngine(delivery);
        if (roles.Contains("engine"))
        {
            builder.Services.AddScheduler();
            builder.Services.AddStoreGauges();
        }

        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            if (roles.Contains("engine"))
                bus.AddResonanceWorkflowEndpoints();
            if (roles.Contains("workers"))
                bus.AddResonanceWorkers();
            if (roles.Contains("audit"))
                bus.AddResonanceWitness();
            bus.AddConfigureEndpointsCallback((context, _, endpoint) =>
            {
                endpoint.PrefetchCount = options.Concurrency;
                endpoint.ConcurrentMessageLimit = options.Concurrency;
                endpoint.UseResonanceEndpoint(context);
            });
            if (memory)
                bus.UsingInMemory((context, transport) => Finish(transport, context));
            else
                UseRabbitMq(builder, bus);
        });
        builder.Services.Configure<MassTransitHostOptions>(host =>
        {
            host.WaitUntilStarted = memory;
            host.StopTimeout = TimeSpan.FromSeconds(20);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
    }

    static void UseRabbitMq(WebApplicationBuilder builder, IBusRegistrationConfigurator bus)
    {
        var rabbit = ResonanceHost.Validated<RabbitMqOptions>(builder, RabbitMqOptions.Section);
        var broker = new ConnectionFactory
        {
            HostName = rabbit.Host,
            Port = rabbit.Port,
            VirtualHost = rabbit.VirtualHost,
            UserName = rabbit.Username,
            Password = rabbit.Password,
        };
        builder.Services.AddSingleton<QueueWatch>(_ => new RabbitMqQueueWatch(broker));
        builder.Services.AddSingleton<KeptMessages>(new RabbitMqKeptMessages(broker));
        bus.UsingRabbitMq((context, transport) =>
        {
            transport.Host(rabbit.Host, (ushort)rabbit.Port, rabbit.VirtualHost, "resonance", host =>
            {
                host.Username(rabbit.Username);
                host.Password(rabbit.Password);
            });
            Finish(transport, context);
        });
    }

    static void Finish<TEndpoint>(IBusFactoryConfigurator<TEndpoint> transport, IBusRegistrationContext context)
        where TEndpoint : IReceiveEndpointConfigurator
    {
        transport.UseResonance(context);
        transport.ConfigureEndpoints(context);
    }
}
