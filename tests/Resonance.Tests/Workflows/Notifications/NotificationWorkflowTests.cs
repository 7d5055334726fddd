using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Resonance.Contracts.Notifications;
using Resonance.Engine.Definitions;
using Resonance.Engine.Journal;
using Resonance.Engine.RuleSets;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Notifications;
using Xunit;

namespace Resonance.Tests.Workflows.Notifications;

/// <summary>The whole way of a notification, to a mail server and a webhook receiver that are real and local.</summary>
public sealed class NotificationWorkflowTests
{
    const string Ann = "ann@example.org";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_email_arrives_with_the_text_of_its_template()
    {
        await using var mail = SmtpServer.Start();
        await using var harness = await StartAsync(mail);
        var notification = Support.Notifications.To(Ann, null, "email") with { Priority = 7 };

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        var last = await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Completed));

        var arrived = Assert.Single(mail.Mails);
        Assert.Equal("Your order ORDER-1001 is on its way", arrived.Subject);
        Assert.Contains("You can follow it with the tracking number TRK-7.", arrived.TextBody);
        Assert.Equal(Ann, Assert.Single(arrived.To.Mailboxes).Address);
        Assert.Equal("\"Resonance\" <noreply@example.net>", arrived.From.ToString());
        Assert.Equal("auto-generated", arrived.Headers["Auto-Submitted"]);
        Assert.Equal((WorkflowStatus.Completed, 7), (last.Workflow.Status, last.Workflow.Priority));
        Assert.Equal(
            ["Queued", "Pending", "Sending", "Completed"], harness.EntriesOf<StateChanged>(notification.NotificationId).Select(entry => entry.To));
        Assert.True(Assert.Single(harness.EntriesOf<Finished>(notification.NotificationId)).DurationMs > 0);
        var verdict = Assert.Single(harness.EntriesOf<RuleEvaluated>(notification.NotificationId));
        Assert.Equal(("channel_allowed", "pass"), (verdict.Rule, verdict.Verdict));
    }

    [Fact]
    public async Task A_mail_server_that_is_down_is_asked_again_and_the_mail_arrives_once()
    {
        await using var mail = SmtpServer.Down();
        await using var harness = await StartAsync(mail);
        var notification = Support.Notifications.To(Ann, null, "email");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        await harness.UntilAsync(
            notification.NotificationId, _ => harness.EntriesOf<RetryScheduled>(notification.NotificationId).Count == 2);
        mail.Listen();
        await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Completed));

        Assert.Single(mail.Mails);
        Assert.All(
            harness.EntriesOf<AttemptFailed>(notification.NotificationId), failed => Assert.Equal("smtp_unavailable", failed.ErrorKind));
    }

    [Fact]
    public async Task The_waits_between_attempts_grow()
    {
        await using var mail = SmtpServer.Start(turnsAway: 3);
        await using var harness = await StartAsync(mail);
        var notification = Support.Notifications.To(Ann, null, "email");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Completed));

        Assert.Single(mail.Mails);
        Assert.Equal(4, mail.Connections);
        var waits = harness.EntriesOf<RetryScheduled>(notification.NotificationId);
        Assert.Equal(["smtp_busy", "smtp_busy", "smtp_busy"], waits.Select(wait => wait.Cause));
        Assert.Collection(
            waits.Select(wait => wait.DelayMs),
            first => Assert.InRange(first, 90, 110), second => Assert.InRange(second, 180, 220), third => Assert.InRange(third, 360, 440));
    }

    [Fact]
    public async Task A_mail_server_that_stays_away_is_given_up_after_six_attempts()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
        await using var mail = SmtpServer.Down();
        await using var harness = await StartAsync(mail, clock: clock);
        var notification = Support.Notifications.To(Ann, null, "email");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        await harness.AdvanceUntilAsync(clock, harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Failed)));

        Assert.Equal(6, harness.EntriesOf<AttemptFailed>(notification.NotificationId).Count);
        Assert.Equal(
            [2, 4, 8, 16, 32],
            // Chance makes a wait up to a tenth shorter or longer.
            harness.EntriesOf<RetryScheduled>(notification.NotificationId)
                .Select(wait => 1L << (int)Math.Round(Math.Log2(wait.DelayMs / 1000.0))));
    }

    [Fact]
    public async Task A_refused_recipient_is_told_by_webhook_at_once()
    {
        await using var mail = SmtpServer.Start(refuses: Ann);
        await using var receiver = await WebhookReceiver.StartAsync(Cancellation);
        var told = new TaskCompletionSource<NotificationCompleted>();
        await using var harness = await StartAsync(mail, bus: bus => bus.AddHandler<NotificationCompleted>(message => Keep(told, message)));
        var notification = Support.Notifications.To(Ann, receiver.Url, "email", "webhook");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Completed));

        Assert.Empty(mail.Mails);
        Assert.Equal(1, mail.Connections);
        Assert.Single(receiver.Calls);
        Assert.Empty(harness.EntriesOf<RetryScheduled>(notification.NotificationId));
        Assert.Equal("webhook", (await told.Task.WaitAsync(Cancellation)).Channel);
    }

    [Fact]
    public async Task A_webhook_is_signed_and_says_what_the_mail_would_say()
    {
        await using var receiver = await WebhookReceiver.StartAsync(Cancellation);
        await using var harness = await StartAsync(mail: null);
        var notification = Support.Notifications.To(null, receiver.Url, "webhook");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Completed));

        var call = Assert.Single(receiver.Calls);
        var signature = Regex.Match(call.Headers["Resonance-Signature"], "^t=([0-9]+),v1=([0-9a-f]{64})$");
        var signed = Encoding.UTF8.GetBytes($"{signature.Groups[1].Value}.{Encoding.UTF8.GetString(call.Body)}");
        Assert.Equal(
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Support.Notifications.Secret), signed)),
            signature.Groups[2].Value);
        Assert.Equal($"{notification.NotificationId:N}/CallWebhook/1", call.Headers["Idempotency-Key"]);
        Assert.Equal("application/json", call.Headers["Content-Type"]);
        var body = JsonDocument.Parse(call.Body).RootElement;
        Assert.Equal(
            ["notificationId", "template", "subject", "text", "data"], body.EnumerateObject().Select(member => member.Name));
        Assert.Equal(notification.NotificationId, body.GetProperty("notificationId").GetGuid());
        Assert.Equal("Your order ORDER-1001 is on its way", body.GetProperty("subject").GetString());
        Assert.Equal("TRK-7", body.GetProperty("data").GetProperty("trackingNumber").GetString());
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.RequestTimeout)]
    public async Task A_receiver_that_cannot_now_is_called_again_under_the_same_key(HttpStatusCode first)
    {
        await using var receiver = await WebhookReceiver.StartAsync(Cancellation, first, HttpStatusCode.OK);
        await using var harness = await StartAsync(mail: null);
        var notification = Support.Notifications.To(null, receiver.Url, "webhook");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Completed));

        Assert.Equal(2, receiver.Calls.Count);
        Assert.Single(receiver.Calls.Select(call => call.Headers["Idempotency-Key"]).Distinct());
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "answered 404")]
    [InlineData(HttpStatusCode.Found, "answered 302")]
    public async Task A_receiver_that_will_not_is_called_once_and_not_followed(HttpStatusCode answer, string reason)
    {
        await using var receiver = await WebhookReceiver.StartAsync(Cancellation, answer);
        await using var harness = await StartAsync(mail: null);
        var notification = Support.Notifications.To(null, receiver.Url, "webhook");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        var last = await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Failed));

        Assert.Equal("/hooks/1", Assert.Single(receiver.Calls).Path);
        Assert.Contains(reason, last.Workflow.Data);
    }

    [Fact]
    public async Task When_every_channel_fails_the_notification_fails_with_the_reasons_of_all()
    {
        await using var mail = SmtpServer.Start(refuses: Ann);
        await using var receiver = await WebhookReceiver.StartAsync(Cancellation, HttpStatusCode.InternalServerError);
        var told = new TaskCompletionSource<NotificationFailed>();
        await using var harness = await StartAsync(mail, bus: bus => bus.AddHandler<NotificationFailed>(message => Keep(told, message)));
        var notification = Support.Notifications.To(Ann, receiver.Url + "?token=hidden", "webhook", "email");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        var last = await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Failed));

        Assert.Equal(WorkflowStatus.Failed, last.Workflow.Status);
        Assert.Equal(6, receiver.Calls.Count);
        Assert.Equal(
            $"webhook: {receiver.Url} answered 500. (6 attempts); email: The mail server answered 550: no such mailbox",
            (await told.Task.WaitAsync(Cancellation)).Reason);
    }

    [Fact]
    public async Task Channels_that_are_not_configured_refuse_and_say_what_to_set()
    {
        await using var harness = await StartAsync(mail: null, secret: null);
        var notification = Support.Notifications.To(Ann, "http://127.0.0.1:9/", "email", "webhook");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        var last = await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Failed));

        Assert.Contains("Set Notifications:Smtp:Host", last.Workflow.Data);
        Assert.Contains("Set Notifications:Webhook:Secret", last.Workflow.Data);
    }

    [Fact]
    public async Task A_channel_that_the_rule_forbids_is_passed_over()
    {
        await using var mail = SmtpServer.Start();
        await using var receiver = await WebhookReceiver.StartAsync(Cancellation);
        await using var harness = await StartAsync(mail);
        await AllowAsync(harness, "channel != 'email' || priority >= 5");
        var notification = Support.Notifications.To(Ann, receiver.Url, "email", "webhook");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Completed));

        Assert.Equal(0, mail.Connections);
        Assert.Single(receiver.Calls);
        Assert.Equal(["fail", "pass"], harness.EntriesOf<RuleEvaluated>(notification.NotificationId).Select(entry => entry.Verdict));
    }

    [Fact]
    public async Task When_the_rule_forbids_every_channel_nothing_is_sent()
    {
        await using var mail = SmtpServer.Start();
        await using var harness = await StartAsync(mail);
        await AllowAsync(harness, "priority >= 5");
        var notification = Support.Notifications.To(Ann, "http://127.0.0.1:9/", "email", "webhook");

        await harness.Client.StartAsync(NotificationWorkflow.Type, notification, Cancellation);
        var last = await harness.UntilStateAsync(notification.NotificationId, nameof(NotificationWorkflow.Failed));

        Assert.Empty(harness.EntriesOf<CommandSent>(notification.NotificationId));
        var failures = JsonDocument.Parse(last.Workflow.Data).RootElement.GetProperty("failures");
        Assert.Equal(
            [
                "email: the channel is not allowed (priority >= 5; priority = 0)",
                "webhook: the channel is not allowed (priority >= 5; priority = 0)",
            ],
            failures.EnumerateArray().Select(failure => failure.GetString()));
    }

    static async Task AllowAsync(WorkflowHarness harness, string expression)
    {
        var rule = harness.Services.GetRequiredService<RuleBook>().Find(NotificationWorkflow.Type, "channel_allowed")!;
        var published = await harness.Services.GetRequiredService<RulePublisher>()
            .PublishAsync(rule, new RulePublication(expression, Description: null, FailMeans: null, "ann", "a test", BasedOn: null), Cancellation);
        Assert.Equal(PublishOutcome.Published, published.Outcome);
    }

    static Task Keep<TMessage>(TaskCompletionSource<TMessage> told, TMessage message)
    {
        told.TrySetResult(message);
        return Task.CompletedTask;
    }

    static Task<WorkflowHarness> StartAsync(
        SmtpServer? mail,
        string? secret = Support.Notifications.Secret,
        Action<IBusRegistrationConfigurator>? bus = null,
        FakeTimeProvider? clock = null) => WorkflowHarness.StartAsync(
        bus,
        services =>
        {
            services.AddSingleton(new SmtpOptions
            {
                Host = mail is null ? null : "127.0.0.1",
                Port = mail?.Port ?? 25,
                From = "Resonance <noreply@example.net>",
                UseTls = "none",
            });
            services.AddSingleton(new WebhookOptions { Secret = secret });
            if (clock is not null)
                services.AddSingleton<TimeProvider>(clock);
        },
        clock is not null ? new WorkflowTimes() : new WorkflowTimes { NotificationRetry = TimeSpan.FromMilliseconds(100) });
}
