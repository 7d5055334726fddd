using System.Globalization;
using System.Text.Json;
using Resonance.AcceptanceTests.Support;
using Resonance.Tests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Notifications;

public sealed class An_order_tells_its_customer(Servers servers)
{
    [Fact]
    public async Task How_it_can_be_followed_or_why_it_was_given_up()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var mail = SmtpServer.Down();
        mail.Listen();
        await using var database = await TestDatabase.CreateAsync(servers, cancellationToken);
        await using var broker = await TestBroker.CreateAsync(servers, cancellationToken);
        await using var host = await HostProcess.StartAsync(
            HostSettings.OnServers(database, broker)
                .With("Notifications__Smtp__Host", "127.0.0.1")
                .With("Notifications__Smtp__Port", mail.Port.ToString(CultureInfo.InvariantCulture))
                .With("Notifications__Smtp__UseTls", "none")
                .With("Notifications__Smtp__From", "Resonance <noreply@example.net>"),
            cancellationToken);
        var api = new WorkflowApi(host.Client);

        var good = await api.StartAsync("order", Form("tok_visa"), cancellationToken);
        var declined = await api.StartAsync("order", Form("tok_declined"), cancellationToken);
        await Eventually.SeeAsync(_ => Task.FromResult(mail.Mails.Count), arrived => arrived == 2, cancellationToken);

        Assert.Equal(
            [$"Your order {declined.Key} was cancelled", $"Your order {good.Key} is on its way"],
            mail.Mails.Select(arrived => arrived.Subject).OrderByDescending(subject => subject!.EndsWith("cancelled", StringComparison.Ordinal)));
        await api.SeeAsync(good.Id, "COMPLETED", cancellationToken);
        await api.SeeAsync(declined.Id, "CANCELLED", cancellationToken);
    }

    static string Form(string card) => JsonSerializer.Serialize(new
    {
        orderId = NewId.NextGuid(),
        customerId = "customer-1",
        currency = "EUR",
        lines = new[] { new { sku = "SKU-1001", quantity = 1, unitPrice = 9.5 } },
        cardToken = card,
        notify = new { email = "ann@example.org" },
    });
}
