using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resonance.Engine.Admission;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Operations;
using Resonance.Engine.RuleSets;
using Resonance.Engine.Schedules;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;

namespace Resonance.Engine;

/// <summary>The door to the engine.</summary>
public static class ResonanceEngineExtensions
{
    /// <summary>Adds the engine; a store has to be added as well, and what brings its schema up comes before.</summary>
    public static IServiceCollection AddResonanceEngine(this IServiceCollection services, DeliveryOptions? options = null)
    {
        services.TryAddSingleton(options ?? new DeliveryOptions());
        services.TryAddSingleton(TimeProvider.System);
#pragma warning disable RS0030 // The one place where chance comes in.
        services.TryAddSingleton(Random.Shared);
#pragma warning restore RS0030
        services.TryAddSingleton<CommittedSteps>();
        services.TryAddSingleton<StepPoints>();
        services.AddSingleton(provider => new InstanceCache(provider.GetRequiredService<DeliveryOptions>().CachedInstances));
        services.AddSingleton<StorePatience>();
        services.AddSingleton<InstanceLoader>();
        services.AddSingleton<StepNotices>();
        services.AddSingleton<StepCommitter>();
        services.AddSingleton<StepProcessor>();
        services.AddSingleton<KeyAllocator>();
        services.AddSingleton<MissingInstances>();
        services.AddSingleton<OutboxSender>();
        services.AddSingleton<OutboxCompletions>();
        services.AddSingleton<OutboxDispatcher>();
        services.AddSingleton(provider => new WorkflowCatalog(provider.GetServices<IWorkflow>().Select(workflow => workflow.Description)));
        services.AddSingleton(provider => new WorkflowClient(
            provider.GetRequiredService<IBus>(),
            provider.GetRequiredService<IWorkflowStore>(),
            provider.GetRequiredService<WorkflowCatalog>(),
            provider.GetRequiredService<KeyAllocator>(),
            provider.GetRequiredService<OutboxSender>(),
            provider.GetRequiredService<DeliveryOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<WorkflowVerification>();
        services.AddRuleSets();
        services.AddOperations();
        services.AddSchedules();
        services.AddAdmission();
        services.AddHostedService<LeftBehind>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxCompletions>());
        services.AddHostedService(provider => provider.GetRequiredService<OutboxDispatcher>());
        return services;
    }

    /// <summary>Makes a workflow known to this process: it can be started, looked at and acted on from here, whoever runs it.</summary>
    public static IServiceCollection AddWorkflowDefinition<TWorkflow>(this IServiceCollection services) where TWorkflow : class, IWorkflow
    {
        services.TryAddSingleton<TWorkflow>();
        services.AddSingleton<IWorkflow>(provider => provider.GetRequiredService<TWorkflow>());
        return services;
    }

    /// <summary>Runs a workflow in this process: its queue is served here.</summary>
    /// <param name="bus">The bus being configured.</param>
    /// <param name="type">The workflow's type, as its constructor says it; the name of its queue.</param>
    public static void AddWorkflow<TWorkflow, TInstance>(this IBusRegistrationConfigurator bus, string type)
        where TWorkflow : WorkflowStateMachine<TInstance>
        where TInstance : WorkflowInstance, new()
    {
        bus.AddSagaStateMachine<TWorkflow, TInstance>()
            .Endpoint(endpoint => endpoint.Name = type)
            .Repository(repository => repository.RegisterStepRepository<TInstance>());
        bus.AddSingleton(new ServedWorkflow(type));
        bus.AddStrandedInstances();
        bus.AddAdmissionRunner();
    }

    /// <summary>Serves operators' commands that are published and not sent.</summary>
    public static void AddOperatorCommands(this IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<OperatorCommandRouter>().Endpoint(endpoint => endpoint.Name = OperatorCommandRouter.EndpointName);

    /// <summary>Gives a bus Resonance's wire format and scheduler. Call it before the endpoints are configured.</summary>
    public static void UseResonance(this IBusFactoryConfigurator bus, IBusRegistrationContext context)
    {
        var serializer = new ContractSerializer();
        bus.AddSerializer(serializer);
        bus.AddDeserializer(serializer, isDefault: true);
        bus.ConnectReceiveObserver(new SetAsideCount());
        bus.AddPrePipeSpecification(new OutboxSchedulerSpecification(context));
        if (context.GetRequiredService<DeliveryOptions>().DoneWhenConsumed)
            bus.AddPrePipeSpecification(new MemoryBrokerSpecification(context));
    }

    /// <summary>Gives an endpoint Resonance's filters in their right order. Call it for every endpoint.</summary>
    public static void UseResonanceEndpoint(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        context.GetRequiredService<ServedQueues>().Add(endpoint.InputAddress);
        endpoint.UseFaultPolicy(context.GetRequiredService<IWorkflowStore>());
        _ = new ContractFilterObserver(endpoint);
        if (context.GetRequiredService<DeliveryOptions>().DoneWhenConsumed)
            endpoint.UseConsumeFilter(typeof(StoredRepliesFilter<>), context);
    }

    static void RegisterStepRepository<TInstance>(this IServiceCollection services) where TInstance : WorkflowInstance, new() =>
        services.RegisterSagaRepository<TInstance, Step, SagaConsumeContextFactory<Step, TInstance>, StepRepositoryContextFactory<TInstance>>();
}
