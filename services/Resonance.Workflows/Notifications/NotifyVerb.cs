using System.Globalization;
using MassTransit;
using Resonance.Contracts.Notifications;
using Resonance.Engine.Definitions;

namespace Resonance.Workflows.Notifications;

/// <summary>How the other workflows tell somebody something.</summary>
static class NotifyVerb
{
    static readonly Uri Endpoint = new($"exchange:{NotificationWorkflow.Type}");

    /// <summary>
    /// Starts a notification with the commit of this step, and does not wait for it: what was done stays done when nobody can be told.
    /// Without a recipient nothing happens.
    /// </summary>
    /// <param name="binder">Where.</param>
    /// <param name="template">One of <see cref="NotificationTemplates"/>. An instance tells the same thing once.</param>
    /// <param name="recipient">Who is told.</param>
    /// <param name="data">The template's values.</param>
    public static EventActivityBinder<TInstance> Notify<TInstance>(
        this EventActivityBinder<TInstance> binder, string template, Func<TInstance, NotificationRecipient?> recipient,
        Func<TInstance, IReadOnlyDictionary<string, string>> data)
        where TInstance : WorkflowInstance =>
        binder.ThenAsync(context => SendAsync(context, template, recipient(context.Saga), data));

    /// <inheritdoc cref="Notify{TInstance}"/>
    public static EventActivityBinder<TInstance, TMessage> Notify<TInstance, TMessage>(
        this EventActivityBinder<TInstance, TMessage> binder, string template, Func<TInstance, NotificationRecipient?> recipient,
        Func<TInstance, IReadOnlyDictionary<string, string>> data)
        where TInstance : WorkflowInstance
        where TMessage : class =>
        binder.ThenAsync(context => SendAsync(context, template, recipient(context.Saga), data));

    public static string Text(decimal amount) => amount.ToString("0.00##", CultureInfo.InvariantCulture);

    static async Task SendAsync<TInstance>(
        BehaviorContext<TInstance> context, string template, NotificationRecipient? recipient,
        Func<TInstance, IReadOnlyDictionary<string, string>> data)
        where TInstance : WorkflowInstance
    {
        if (recipient is null or { Email: null, Url: null })
            return;

        var instance = context.Saga;
        var endpoint = await context.GetSendEndpoint(Endpoint);
        await endpoint.Send(new SendNotification
        {
            NotificationId = ChildIds.For(instance.CorrelationId, template),
            Template = template,
            Recipient = recipient,
            Channels = [.. Channels(recipient)],
            Data = data(instance),
            Priority = instance.Priority,
        });
    }

    static IEnumerable<string> Channels(NotificationRecipient recipient)
    {
        if (recipient.Email is not null)
            yield return NotificationChannels.Email;
        if (recipient.Url is not null)
            yield return NotificationChannels.Webhook;
    }
}
