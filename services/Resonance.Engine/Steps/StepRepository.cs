using MassTransit;
using MassTransit.DependencyInjection;
using MassTransit.Saga;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Steps;

/// <summary>MassTransit's door to the step: one for each message's scope.</summary>
sealed class StepRepositoryContextFactory<TSaga>(
    StepProcessor processor, SagaStateMachine<TSaga> machine, IServiceProvider services, IScopedConsumeContextProvider scoped)
    : ISagaRepositoryContextFactory<TSaga> where TSaga : WorkflowInstance, new()
{
    readonly WorkflowDescription _workflow = ((WorkflowStateMachine<TSaga>)machine).Description;

    public void Probe(ProbeContext context) => context.Add("persistence", "resonance");

    public Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next) where T : class =>
        processor.SendAsync(_workflow, context, next, services, scoped);

    public Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class =>
        throw new NotSupportedException(
            $"{typeof(T).Name} is correlated to {typeof(TSaga).Name} by a query. Correlate by id: a step belongs to one instance.");
}
