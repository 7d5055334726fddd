using System.Diagnostics;
using System.Security.Cryptography;
using MassTransit;
using MassTransit.DependencyInjection;
using MassTransit.Saga;
using Microsoft.Extensions.Logging;
using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Engine.Storage;
using Resonance.Engine.Telemetry;

namespace Resonance.Engine.Steps;

/// <summary>One message's way through the engine: load, decide, commit, publish; acknowledging is what returning means.</summary>
sealed class StepProcessor(
    InstanceLoader loader, InstanceCache cache, StepCommitter committer, OutboxSender sender, OutboxDispatcher dispatcher,
    MissingInstances missing, KeyAllocator keys, CommittedSteps committed, StepPoints points, TimeProvider clock, Random chance,
    ILogger<StepProcessor> log)
{
    const int MostRaces = 100;

    public async Task SendAsync<TInstance, TMessage>(
        WorkflowDescription workflow, ConsumeContext<TMessage> context, IPipe<SagaRepositoryContext<TInstance, TMessage>> decide,
        IServiceProvider services, IScopedConsumeContextProvider scoped)
        where TInstance : WorkflowInstance
        where TMessage : class
    {
        var id = context.CorrelationId ?? throw new ContractRefusedException(typeof(TMessage), "Its workflow id is missing.");
        using var span = StepTrace.Start(workflow.Type, id, context);
        try
        {
            await TakeAsync(id, workflow, context, decide, services, scoped, span);
        }
        catch (Exception exception)
        {
            StepTrace.Failed(span, exception);
            throw;
        }
    }

    async Task TakeAsync<TInstance, TMessage>(
        Guid id, WorkflowDescription workflow, ConsumeContext<TMessage> context, IPipe<SagaRepositoryContext<TInstance, TMessage>> decide,
        IServiceProvider services, IScopedConsumeContextProvider scoped, Activity? span)
        where TInstance : WorkflowInstance
        where TMessage : class
    {
        List<RaceLost>? lost = null;
        for (var race = 1; ; race++)
        {
            var step = new Step(
                id, MessageIdOf(context), typeof(TMessage).Name, Addresses.Endpoint(workflow.Type), clock.GetUtcNow(), () => chance.NextDouble() * 2);
            var session = new StepSession<TInstance>(step, CallerHeaders.Read(context), workflow, loader, keys, points);
            EarlierDeliveries.Record(context, step, missing);
            lost?.ForEach(step.Record);
            try
            {
                await DecideAsync(context, decide, step, session, services, scoped);
            }
            catch (Exception exception)
            {
                EarlierDeliveries.Failed(context, exception);
                throw;
            }

            if (!session.Decided)
            {
                StepTrace.Postponed(span);
                await missing.TryLaterAsync(context, id);
                return;
            }

            var commit = session.Seal();
            if (await CommitAsync(step, commit, span) is not StepOutcome.Conflict)
                return;

            Log.LostRace(log, id, commit.ExpectedVersion);
            (lost ??= []).Add(new RaceLost(commit.ExpectedVersion, race));
            if (race == MostRaces)
                throw new InvalidOperationException($"Workflow {commit.Workflow.Key} lost {MostRaces} races in a row; the message is set aside.");
        }
    }

    static async Task DecideAsync<TInstance, TMessage>(
        ConsumeContext<TMessage> context, IPipe<SagaRepositoryContext<TInstance, TMessage>> decide, Step step,
        StepSession<TInstance> session, IServiceProvider services, IScopedConsumeContextProvider scoped)
        where TInstance : WorkflowInstance
        where TMessage : class
    {
        if (context.Headers.Get<Guid>(MessageHeaders.SchedulingTokenId) is { } token)
            step.Record(new TimerFired(typeof(TMessage).Name, token));

        var begun = TimeProvider.System.GetTimestamp();
        var stepContext = new StepConsumeContext<TMessage>(context, step, services);
        using (scoped.PushContext(stepContext))
            await decide.Send(new StepRepositoryContext<TInstance, TMessage>(stepContext, session));
        await stepContext.ConsumeCompleted;
        ResonanceMetrics.PhaseEnded("decide", TimeProvider.System.GetElapsedTime(begun) - session.Loading);
    }

    async Task<StepOutcome> CommitAsync(Step step, StepCommit commit, Activity? span)
    {
        points.Passed(StepPoint.BeforeCommit);
        var begun = TimeProvider.System.GetTimestamp();
        var (outcome, refusal) = await AwaitCommitAsync(commit);
        ResonanceMetrics.PhaseEnded("commit", TimeProvider.System.GetElapsedTime(begun));
        StepTrace.Ended(span, commit, step.Entries, outcome);
        ResonanceMetrics.StepEnded(commit.Workflow.Type, StepTrace.Word(outcome));
        switch (outcome)
        {
            case StepOutcome.Committed:
                cache.Keep(commit.Workflow);
                StepMeasures.Committed(commit, step.Entries);
                points.Passed(StepPoint.AfterCommit);
                await PublishAsync(step, commit);
                points.Passed(StepPoint.BeforeAcknowledge);
                break;
            case StepOutcome.Refused:
                throw new StepRefusedException(commit.Workflow.Key, refusal!);
            case StepOutcome.KeyTaken:
                throw new KeyTakenException(commit.Workflow.Type, commit.Workflow.Key);
            default:
                cache.Drop(commit.Workflow.Id);
                break;
        }

        return outcome;
    }

    async Task<StepResult> AwaitCommitAsync(StepCommit commit)
    {
        using var span = StepTrace.StartCommit(committer.DatabaseName);
        var committing = committer.CommitAsync(commit, span, CancellationToken.None);
        points.Passed(StepPoint.DuringCommit);
        return await committing;
    }

    async Task PublishAsync(Step step, StepCommit commit)
    {
        var beginning = TimeProvider.System.GetTimestamp();
        committed.Publish(commit);
        var now = new List<OutgoingMessage>(step.Messages.Count);
        foreach (var message in step.Messages)
        {
            if (message.Row.Delay > TimeSpan.Zero)
                dispatcher.WakeIn(message.Row.Delay);
            else
                now.Add(message);
        }

        var begun = sender.BeginAsync(now);
        points.Passed(StepPoint.MidPublish);
        await begun;
        ResonanceMetrics.PhaseEnded("publish", TimeProvider.System.GetElapsedTime(beginning));
    }

    /// <summary>
    /// The id by which a repeated delivery is recognised. A foreign client may have given none: then the content is the identity, for
    /// the life of the workflow.
    /// </summary>
    static Guid MessageIdOf<TMessage>(ConsumeContext<TMessage> context) where TMessage : class
    {
        if ((context.Headers.Get<Guid>(MessageHeaders.OriginalMessageId) ?? context.MessageId) is { } id)
            return id;

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(MessageUrn.ForTypeString<TMessage>()));
        hash.AppendData(context.ReceiveContext.Body.GetBytes());
        return new Guid(hash.GetHashAndReset().AsSpan(0, 16), bigEndian: true);
    }
}

/// <summary>The database cannot hold what a step contains, now or later. The message is set aside at once.</summary>
public sealed class StepRefusedException(string key, Exception refusal)
    : Exception($"The step of workflow {key} cannot be stored: {refusal.Message}", refusal);

/// <summary>The key that a start asks for belongs to another instance. The start is set aside at once.</summary>
public sealed class KeyTakenException(string type, string key)
    : Exception($"Another {type} has the key '{key}'. Choose another key, or leave it out to have one generated.")
{
    /// <summary>The key that is taken.</summary>
    public string Key { get; } = key;
}
