using System.Text.RegularExpressions;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Payments;

[Collection<OnAnImpatientHost>]
public sealed class A_silent_card_provider_is_asked_again(ImpatientHost host)
{
    [Fact]
    public async Task The_payment_goes_back_to_pending_and_is_completed_later()
    {
        var cancellationToken = TestContext.Current.CancellationToken;

        var payment = await host.Api.StartAsync(new PaymentForm { CardToken = "tok_timeout_once" }, cancellationToken);

        await host.Api.SeeAsync(payment.Id, "COMPLETED", cancellationToken);
        var history = await host.Api.HistoryAsync(payment.Id, cancellationToken);
        Assert.Equal(["PENDING", "VALIDATE_CARD", "PENDING", "VALIDATE_CARD"], history.States().Take(4));
        Assert.Equal("COMPLETED", history.States()[^1]);
        var first = history.OfKind("retryScheduled")[0];
        Assert.Equal("AssessCard", first.Text("activity"));
        Assert.Equal("1", first.Text("retry"));
        Assert.Equal("timeout", first.Text("cause"));

        // However often it was asked, it captured once.
        var operations = await host.Effects.CardOperationsAsync(payment.Id, cancellationToken);
        Assert.Equal(["assess", "capture"], operations.Select(operation => operation.Operation));
        await StoredJournal.AssertChainAsync(host.Database, payment.Id, cancellationToken);
    }

    [Fact]
    public async Task The_trail_says_so_in_the_promised_words()
    {
        var cancellationToken = TestContext.Current.CancellationToken;

        var payment = await host.Api.StartAsync(new PaymentForm { CardToken = "tok_timeout_once" }, cancellationToken);

        const string at = @"^\[\d{2}:\d{2}:\d{2}\.\d{3}\] \[INFO\] Workflow ";
        await SeeLineAsync($@"{at}{payment.Key} transitioned from PENDING to VALIDATE_CARD\.$", cancellationToken);
        await SeeLineAsync(
            $@"{at}{payment.Key} retry #1 after timeout\. State reset to PENDING\. Next attempt in \d+\.\d s\.$", cancellationToken);
        await SeeLineAsync($@"{at}{payment.Key} transitioned from CAPTURING to COMPLETED\.$", cancellationToken);
    }

    Task<string> SeeLineAsync(string pattern, CancellationToken cancellationToken) =>
        host.Process.WaitForLineAsync(line => Regex.IsMatch(line, pattern), Eventually.Patience, cancellationToken);
}
