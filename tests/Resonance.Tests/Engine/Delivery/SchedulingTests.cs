using MassTransit;
using Resonance.Engine;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Tests.Support;
using Xunit;

namespace Resonance.Tests.Engine.Delivery;

public sealed record AskTwice(Guid Id, bool Answered);

public sealed record Reminder(Guid Id);

public sealed record Question(Guid Id);

public sealed record Answer(Guid Id);

/// <summary>MassTransit's own <c>Schedule(...)</c> and <c>Request(...)</c>, as a user of MassTransit would write them, over the outbox.</summary>
public sealed class SchedulingTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_that_is_answered_has_its_time_out_called_off()
    {
        await using var harness = await StartAsync();
        var id = NewId.NextGuid();

        await harness.Client.StartAsync("asking", new AskTwice(id, Answered: true), Cancellation);
        await harness.UntilStateAsync(id, nameof(AskingWorkflow.Reminding));
        await harness.UntilStateAsync(id, nameof(AskingWorkflow.Done));

        var set = harness.EntriesOf<TimerSet>(id).Select(timer => timer.Token).ToArray();
        Assert.Equal(2, set.Length);
        Assert.Equal(set[0], Assert.Single(harness.EntriesOf<TimerCancelled>(id)).Token);
        Assert.Equal(set[1], Assert.Single(harness.EntriesOf<TimerFired>(id)).Token);
    }

    [Fact]
    public async Task A_request_that_nobody_answers_times_out()
    {
        await using var harness = await StartAsync();
        var id = NewId.NextGuid();

        await harness.Client.StartAsync("asking", new AskTwice(id, Answered: false), Cancellation);
        await harness.UntilStateAsync(id, nameof(AskingWorkflow.Unanswered));

        Assert.Single(harness.EntriesOf<TimerFired>(id));
    }

    static Task<WorkflowHarness> StartAsync() => WorkflowHarness.StartAsync(
        bus =>
        {
            bus.AddWorkflow<AskingWorkflow, AskingInstance>("asking");
            bus.AddConsumer<Answering>().Endpoint(endpoint => endpoint.Name = "answering");
        },
        services => services.AddWorkflowDefinition<AskingWorkflow>());

    sealed class Answering : IConsumer<Question>
    {
        public Task Consume(ConsumeContext<Question> context) => context.RespondAsync(new Answer(context.Message.Id));
    }

    public sealed class AskingInstance : WorkflowInstance
    {
        public Guid? ReminderToken { get; set; }
        public bool Answered { get; set; }
    }

    public sealed class AskingWorkflow : WorkflowStateMachine<AskingInstance>
    {
        public AskingWorkflow() : base("asking")
        {
            StartsWith(() => Started, start => start.Id);
            // By the instance's own id: a step belongs to one instance, so that no event is correlated by a query.
            Request(() => Ask, request => request.Timeout = TimeSpan.FromSeconds(5));
            Schedule(() => Remind, instance => instance.ReminderToken, schedule =>
            {
                schedule.Delay = TimeSpan.FromMilliseconds(200);
                schedule.Received = received => received.CorrelateById(context => context.Message.Id);
            });
            Unbounded(Ask.Pending, "because the request has a time-out");
            Unbounded(Reminding, "because the reminder comes");
            Ends(Done, WorkflowStatus.Completed);
            Ends(Unanswered, WorkflowStatus.Failed);

            Initially(When(Started)
                .Then(context => context.Saga.Answered = context.Message.Answered)
                .Request(
                    Ask,
                    context => new Uri(context.Message.Answered ? "exchange:answering" : "queue:nobody"),
                    context => new Question(context.Saga.CorrelationId))
                .TransitionTo(Ask.Pending));
            During(Ask.Pending,
                When(Ask.Completed).Schedule(Remind, context => new Reminder(context.Saga.CorrelationId)).TransitionTo(Reminding),
                When(Ask.TimeoutExpired).TransitionTo(Unanswered));
            During(Reminding, When(Remind.Received).TransitionTo(Done));
        }

        public State Reminding { get; } = null!;
        public State Done { get; } = null!;
        public State Unanswered { get; } = null!;
        public Event<AskTwice> Started { get; } = null!;
        public Request<AskingInstance, Question, Answer> Ask { get; } = null!;
        public Schedule<AskingInstance, Reminder> Remind { get; } = null!;
    }
}
