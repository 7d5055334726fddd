using MassTransit;
using MassTransit.Context;
using MassTransit.Saga;
using Resonance.Engine.Definitions;

namespace Resonance.Engine.Steps;

/// <summary>Shows MassTransit the instance that a message is about, and remembers what MassTransit did with it.</summary>
sealed class StepRepositoryContext<TInstance, TMessage>(StepConsumeContext<TMessage> context, StepSession<TInstance> session)
    : ConsumeContextScope<TMessage>(context), SagaRepositoryContext<TInstance, TMessage>
    where TInstance : WorkflowInstance
    where TMessage : class
{
    public async Task<SagaConsumeContext<TInstance, TMessage>> Add(TInstance instance)
    {
        await session.CreateAsync(instance, Message);
        return Wrap(this, instance);
    }

    /// <summary>An insert ahead of the load would only race the load; Resonance decides by version at commit.</summary>
    public Task<SagaConsumeContext<TInstance, TMessage>> Insert(TInstance instance) =>
        Task.FromResult<SagaConsumeContext<TInstance, TMessage>>(null!);

    public async Task<SagaConsumeContext<TInstance, TMessage>> Load(Guid correlationId) =>
        await session.LoadAsync(CancellationToken) is { } instance ? Wrap(this, instance) : null!;

    public Task<SagaConsumeContext<TInstance, T>> CreateSagaConsumeContext<T>(
        ConsumeContext<T> consumeContext, TInstance instance, SagaConsumeContextMode mode) where T : class =>
        Task.FromResult(Wrap(consumeContext, instance));

    public Task Save(SagaConsumeContext<TInstance> context) => session.KeepAsync();

    public Task Update(SagaConsumeContext<TInstance> context) => session.KeepAsync();

    /// <summary>Finished instances stay, so that a late or repeated message gets an honest answer.</summary>
    public Task Delete(SagaConsumeContext<TInstance> context) => session.KeepAsync();

    public Task Discard(SagaConsumeContext<TInstance> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TInstance> context) => Task.CompletedTask;

    static SagaConsumeContext<TInstance, T> Wrap<T>(ConsumeContext<T> context, TInstance instance) where T : class =>
        new DefaultSagaConsumeContext<TInstance, T>(context, instance);
}
