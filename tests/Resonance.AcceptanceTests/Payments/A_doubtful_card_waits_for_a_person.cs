using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Payments;

[Collection<OnARunningHost>]
public sealed class A_doubtful_card_waits_for_a_person(RunningHost host)
{
    [Fact]
    public async Task Who_says_yes_has_the_amount_captured()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = await SuspendedAsync(cancellationToken);

        await host.Api.ActAsync(payment.Id, "resume", "called the customer", cancellationToken);

        var completed = await host.Api.SeeAsync(payment.Id, "COMPLETED", cancellationToken);
        Assert.StartsWith("cap_", completed.Data.Text("captureId"), StringComparison.Ordinal);
        Assert.Single(await CapturesAsync(payment.Id, cancellationToken));
    }

    [Fact]
    public async Task Who_says_no_has_nothing_captured()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = await SuspendedAsync(cancellationToken);

        await host.Api.ActAsync(payment.Id, "cancel", "cannot be reached", cancellationToken);

        await host.Api.SeeAsync(payment.Id, "CANCELLED", cancellationToken);
        Assert.Empty(await CapturesAsync(payment.Id, cancellationToken));
    }

    async Task<SeenWorkflow> SuspendedAsync(CancellationToken cancellationToken)
    {
        var payment = await host.Api.StartAsync(new PaymentForm { CardToken = "tok_review" }, cancellationToken);
        var suspended = await host.Api.SeeAsync(payment.Id, "SUSPENDED", cancellationToken);
        Assert.Equal("0.45", suspended.Data.Text("fraudScore"));
        Assert.Contains("person", Assert.Single(suspended.WaitingFor).What, StringComparison.Ordinal);
        Assert.Empty(await CapturesAsync(payment.Id, cancellationToken));
        return suspended;
    }

    async Task<IEnumerable<CardOperation>> CapturesAsync(Guid paymentId, CancellationToken cancellationToken) =>
        (await host.Effects.CardOperationsAsync(paymentId, cancellationToken)).Where(operation => operation.Operation == "capture");
}
