using MassTransit;
using Resonance.Contracts.Notifications;
using Resonance.Engine.Definitions;
using Resonance.Engine.Recovery;

namespace Resonance.Workflows.Notifications;

/// <summary>Tells somebody something: the channels are tried in the order of preference until one of them delivers.</summary>
public sealed class NotificationWorkflow : WorkflowStateMachine<NotificationInstance>
{
    /// <summary>Name of the workflow and of its queue.</summary>
    public const string Type = "notification";

    /// <summary>How many notifications may be under way, retries included, before the next ones wait for their turn.</summary>
    const int AtATime = 500;

    const string CannotBeUnsent = "because what was sent cannot be unsent";

    public NotificationWorkflow(NotificationRules rules, WorkflowTimes times) : base(Type)
    {
        StartsWith(() => Requested, start => start.NotificationId, priority: start => start.Priority);
        Admission<SendNotification>(admission => admission.Priority(start => start.Priority).Concurrency(AtATime));

        var retry = new RetryPolicy
        {
            InitialInterval = times.NotificationRetry,
            BackoffCoefficient = 2,
            MaximumInterval = TimeSpan.FromHours(1),
            MaximumAttempts = 6,
        };
        SendEmail = Activity<SendEmail, EmailSent>(nameof(SendEmail), activity => activity
            .SendTo(WorkersRegistration.EmailQueue).Timeout(times.Notification).Retry(retry)
            .NeedsNoCompensation(CannotBeUnsent)
            .Command(call => new SendEmail
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                Address = call.Instance.Recipient.Email!,
                Template = call.Instance.Template,
                Data = call.Instance.Data,
            }));
        CallWebhook = Activity<CallWebhook, WebhookCalled>(nameof(CallWebhook), activity => activity
            .SendTo(WorkersRegistration.WebhookQueue).Timeout(times.Notification).Retry(retry)
            .NeedsNoCompensation(CannotBeUnsent)
            .Command(call => new CallWebhook
            {
                WorkflowId = call.WorkflowId,
                IdempotencyKey = call.IdempotencyKey,
                Url = call.Instance.Recipient.Url!,
                Template = call.Instance.Template,
                Data = call.Instance.Data,
            }));

        Ends(Completed, WorkflowStatus.Completed);
        Ends(Failed, WorkflowStatus.Failed);

        WhenRequested(rules);
        WhileSending(rules);
        WhenCompleted();
        WhenFailed();
    }

    /// <summary>Accepted; no channel has been tried yet.</summary>
    public State Pending { get; } = null!;

    /// <summary>A channel is being tried.</summary>
    public State Sending { get; } = null!;

    /// <summary>A channel delivered.</summary>
    public State Completed { get; } = null!;

    /// <summary>No channel delivered.</summary>
    public State Failed { get; } = null!;

    /// <summary>The start.</summary>
    public Event<SendNotification> Requested { get; } = null!;

    /// <summary>The channel <c>email</c>.</summary>
    public Activity<NotificationInstance, SendEmail, EmailSent> SendEmail { get; }

    /// <summary>The channel <c>webhook</c>.</summary>
    public Activity<NotificationInstance, CallWebhook, WebhookCalled> CallWebhook { get; }

    void WhenRequested(NotificationRules rules) => Initially(
        TryNext(
            When(Requested)
                .Then(context => Remember(context.Saga, context.Message))
                .TransitionTo(Pending),
            rules));

    void WhileSending(NotificationRules rules) => During(Sending,
        When(SendEmail.Completed).TransitionTo(Completed),
        When(CallWebhook.Completed).TransitionTo(Completed),
        TryNext(When(SendEmail.Failed).Then(Refused), rules),
        TryNext(When(CallWebhook.Failed).Then(Refused), rules),
        TryNext(When(SendEmail.Exhausted).Then(GivenUp), rules),
        TryNext(When(CallWebhook.Exhausted).Then(GivenUp), rules));

    void WhenCompleted() => WhenEnter(Completed, entering => entering
        .Publish(context => new NotificationCompleted
        {
            NotificationId = context.Saga.CorrelationId,
            Template = context.Saga.Template,
            Channel = context.Saga.Channel!,
        }));

    void WhenFailed() => WhenEnter(Failed, entering => entering
        .Publish(context => new NotificationFailed
        {
            NotificationId = context.Saga.CorrelationId,
            Template = context.Saga.Template,
            Reason = context.Saga.Reason ?? "failed",
        }));

    /// <summary>Goes to the next channel that the rule allows; when none is left, the notification has failed.</summary>
    /// <remarks>A state machine has no loops inside a step, so that there is one branch for each channel that there can be.</remarks>
    EventActivityBinder<NotificationInstance, TMessage> TryNext<TMessage>(
        EventActivityBinder<NotificationInstance, TMessage> binder, NotificationRules rules, int channels = NotificationChannels.Count)
        where TMessage : class
    {
        if (channels == 0)
            return GiveUp(binder);

        return binder
            .Then(context => context.Saga.NextChannel())
            .IfElse(context => context.Saga.Channel is not null,
                some => some.Evaluate(rules.ChannelAllowed, context => Facts(context.Saga),
                    pass => pass.IfElse(context => context.Saga.Channel == NotificationChannels.Email,
                        email => email.Execute(SendEmail).TransitionTo(Sending),
                        webhook => webhook.Execute(CallWebhook).TransitionTo(Sending)),
                    fail => TryNext(
                        fail.Then(context => context.Saga.ChannelFailed(context.WhyNot(rules.ChannelAllowed))), rules, channels - 1)),
                GiveUp);
    }

    EventActivityBinder<NotificationInstance, TMessage> GiveUp<TMessage>(EventActivityBinder<NotificationInstance, TMessage> binder)
        where TMessage : class =>
        binder.Because(context => string.Join("; ", context.Saga.Failures)).TransitionTo(Failed);

    static void Refused(BehaviorContext<NotificationInstance, ActivityFailure> context) =>
        context.Saga.ChannelFailed(context.Message.Message);

    static void GivenUp(BehaviorContext<NotificationInstance, ActivityFailure> context) =>
        context.Saga.ChannelFailed($"{context.Message.Message} ({context.Message.Attempts} attempts)");

    static ChannelFacts Facts(NotificationInstance notification) =>
        new(notification.Channel!, notification.Template, notification.Priority);

    static void Remember(NotificationInstance notification, SendNotification start)
    {
        notification.Template = start.Template;
        notification.Recipient = start.Recipient;
        notification.Channels = start.Channels;
        notification.Data = start.Data;
    }
}
