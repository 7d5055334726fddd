using System.Globalization;
using System.Text.Json;
using Resonance.AcceptanceTests.Support;
using Resonance.Tests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Notifications;

public sealed class A_mail_server_that_is_down_is_asked_again(Servers servers)
{
    [Fact]
    public async Task The_mail_arrives_exactly_once_when_the_server_is_back()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var mail = SmtpServer.Down();
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        await using var host = await HostProcess.StartAsync(
            HostSettings.OnServers(database, broker)
                .With("Workflows__NotificationRetry", "00:00:00.3")
                .With("Notifications__Smtp__Host", "127.0.0.1")
                .With("Notifications__Smtp__Port", mail.Port.ToString(CultureInfo.InvariantCulture))
                .With("Notifications__Smtp__UseTls", "none")
                .With("Notifications__Smtp__From", "Resonance <noreply@example.net>"),
            cancellationToken);
        var api = new WorkflowApi(host.Client);

        var notification = await api.StartAsync("notification", Form(NewId.NextGuid()), cancellationToken);
        await api.SeeHistoryAsync(notification.Id, history => history.OfKind("retryScheduled").Count >= 2, cancellationToken);
        mail.Listen();
        var completed = await api.SeeAsync(notification.Id, "COMPLETED", cancellationToken);

        Assert.Equal("completed", completed.Status);
        var arrived = Assert.Single(mail.Mails);
        Assert.Equal("Your order ORDER-1001 is on its way", arrived.Subject);
        Assert.Equal(1, mail.Connections);

        var history = await api.HistoryAsync(notification.Id, cancellationToken);
        Assert.Equal(["QUEUED", "PENDING", "SENDING", "COMPLETED"], history.States());
        Assert.All(history.OfKind("attemptFailed"), failed => Assert.Equal("smtp_unavailable", failed.Text("errorKind")));
        var finished = Assert.Single(history.OfKind("finished"));
        Assert.InRange(long.Parse(finished.Text("durationMs"), CultureInfo.InvariantCulture), 500, 60_000);
        await StoredJournal.AssertChainAsync(database, notification.Id, cancellationToken);
    }

    static string Form(Guid id) => JsonSerializer.Serialize(new
    {
        notificationId = id,
        template = "order-completed",
        recipient = new { email = "ann@example.org" },
        channels = (string[])["email"],
        data = new { orderNumber = "ORDER-1001", trackingNumber = "TRK-7" },
    });
}
