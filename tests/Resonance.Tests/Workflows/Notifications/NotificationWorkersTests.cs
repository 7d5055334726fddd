using System.ComponentModel.DataAnnotations;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Resonance.Contracts.Notifications;
using Resonance.Contracts.Workflows;
using Resonance.Tests.Engine.Workers;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Notifications;
using Xunit;

namespace Resonance.Tests.Workflows.Notifications;

public sealed class NotificationWorkersTests
{
    [Fact]
    public async Task A_mail_is_sent_once_and_every_delivery_gets_the_same_answer()
    {
        await using var mail = SmtpServer.Start();
        await using var bench = await StartAsync(mail.Port);
        var command = Email();

        var first = await bench.DeliverAsync(WorkersRegistration.EmailQueue, command);
        var second = await bench.DeliverAsync(WorkersRegistration.EmailQueue, command);

        var sent = Assert.IsType<EmailSent>(first);
        Assert.Equal(sent, second);
        Assert.Equal(sent.MessageId, Assert.Single(mail.Mails).MessageId);
        Assert.EndsWith("@example.net", sent.MessageId);
    }

    [Fact]
    public async Task A_worker_that_forgot_that_it_sent_sends_the_same_mail()
    {
        await using var mail = SmtpServer.Start();
        await using var bench = await StartAsync(mail.Port);
        var command = Email();

        await bench.DeliverAsync(WorkersRegistration.EmailQueue, command);
        await bench.ExecuteAsync("UPDATE worker_effect SET reply = NULL, reply_type = NULL");
        await bench.DeliverAsync(WorkersRegistration.EmailQueue, command);
        await bench.DeliverAsync(WorkersRegistration.EmailQueue, command with { IdempotencyKey = "another" });

        Assert.Equal(3, mail.Mails.Count);
        Assert.Equal(mail.Mails[0].MessageId, mail.Mails[1].MessageId);
        Assert.NotEqual(mail.Mails[0].MessageId, mail.Mails[2].MessageId);
    }

    [Fact]
    public async Task A_mail_may_have_letters_of_any_script_and_lines_that_begin_with_a_dot()
    {
        await using var mail = SmtpServer.Start();
        await using var bench = await StartAsync(mail.Port);
        var data = new Dictionary<string, string> { ["subject"] = "Grüße 世界", ["text"] = ".\r\n..two\r\nЖ" };

        await bench.DeliverAsync(WorkersRegistration.EmailQueue, Email() with { Template = NotificationTemplates.Message, Data = data });

        var arrived = Assert.Single(mail.Mails);
        Assert.Equal("Grüße 世界", arrived.Subject);
        Assert.Equal(".\n..two\nЖ", arrived.TextBody?.ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact]
    public async Task A_server_that_does_not_offer_TLS_gets_no_mail_when_TLS_is_asked_for()
    {
        await using var mail = SmtpServer.Start();
        await using var bench = await StartAsync(mail.Port, useTls: "starttls");

        var failed = Assert.IsType<ActivityFailed>(await bench.DeliverAsync(WorkersRegistration.EmailQueue, Email()));

        Assert.Equal(("smtp_unsupported", true), (failed.ErrorKind, failed.NonRetryable));
        Assert.Empty(mail.Mails);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_for_now()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        await using var bench = await StartAsync(
            ((System.Net.IPEndPoint)silent.LocalEndpoint).Port, timeout: TimeSpan.FromMilliseconds(200));

        var failed = Assert.IsType<ActivityFailed>(await bench.DeliverAsync(WorkersRegistration.EmailQueue, Email()));

        Assert.Equal(("smtp_timeout", false), (failed.ErrorKind, failed.NonRetryable));
    }

    [Fact]
    public async Task A_value_that_is_missing_is_named_and_nothing_is_sent()
    {
        await using var mail = SmtpServer.Start();
        await using var bench = await StartAsync(mail.Port);

        var failed = Assert.IsType<ActivityFailed>(await bench.DeliverAsync(
            WorkersRegistration.EmailQueue, Email() with { Data = new Dictionary<string, string> { ["orderNumber"] = "1" } }));

        Assert.Equal(("invalid_template", true), (failed.ErrorKind, failed.NonRetryable));
        Assert.Equal("The template 'order-completed' needs a value for trackingNumber.", failed.Message);
        Assert.Equal(0, mail.Connections);
    }

    [Fact]
    public async Task A_receiver_that_is_away_is_called_later()
    {
        await using var away = SmtpServer.Down();
        await using var bench = await StartAsync(port: 25);
        var id = NewId.NextGuid();

        var failed = Assert.IsType<ActivityFailed>(await bench.DeliverAsync(WorkersRegistration.WebhookQueue, new CallWebhook
        {
            WorkflowId = id,
            IdempotencyKey = $"{id:N}/1",
            Url = $"http://127.0.0.1:{away.Port}/",
            Template = NotificationTemplates.Message,
            Data = new Dictionary<string, string> { ["subject"] = "s", ["text"] = "t" },
        }));

        Assert.Equal(("webhook_unreachable", false), (failed.ErrorKind, failed.NonRetryable));
    }

    [Theory]
    [InlineData("127.0.0.1", null, "none", null, "From")]
    [InlineData("127.0.0.1", "nobody", "none", null, "From")]
    [InlineData("127.0.0.1", "a@example.org", "none", "user", "Username")]
    [InlineData(null, null, "maybe", null, "UseTls")]
    [InlineData(null, null, "starttls", null, null)]
    public void Settings_that_cannot_work_are_named(string? host, string? from, string useTls, string? username, string? wrong)
    {
        var options = new SmtpOptions { Host = host, From = from, UseTls = useTls, Username = username };
        var results = new List<System.ComponentModel.DataAnnotations.ValidationResult>();

        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);

        Assert.Equal(wrong is null ? [] : [wrong], results.SelectMany(result => result.MemberNames));
    }

    static SendEmail Email()
    {
        var id = NewId.NextGuid();
        return new SendEmail
        {
            WorkflowId = id,
            IdempotencyKey = $"{id:N}/SendEmail/1",
            Address = "ann@example.org",
            Template = NotificationTemplates.OrderCompleted,
            Data = new Dictionary<string, string> { ["orderNumber"] = "ORDER-1001", ["trackingNumber"] = "TRK-7" },
        };
    }

    static Task<WorkerBench> StartAsync(int port, string useTls = "none", TimeSpan? timeout = null) => WorkerBench.StartAsync(
        bus =>
        {
            bus.AddResonanceWorkers();
            bus.AddSingleton(new SmtpOptions
            {
                Host = "127.0.0.1",
                Port = port,
                From = "noreply@example.net",
                UseTls = useTls,
                Timeout = timeout ?? TimeSpan.FromSeconds(20),
            });
            bus.AddSingleton(new WebhookOptions { Secret = Support.Notifications.Secret });
        },
        (database, token) => database.MigrateWorkersAsync(token));
}
