using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Operators;

[Collection<OnARunningHost>]
public sealed class A_running_payment_can_be_held(RunningHost host)
{
    [Fact]
    public async Task It_goes_on_where_it_was_when_it_is_resumed()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = await host.Api.StartAsync(new PaymentForm { CardToken = "tok_timeout_once" }, cancellationToken);
        await host.Api.SeeAsync(payment.Id, "VALIDATE_CARD", cancellationToken);

        await host.Api.ActAsync(payment.Id, "suspend", "the provider has a bad day", cancellationToken);
        var held = await host.Api.SeeAsync(payment.Id, "SUSPENDED", cancellationToken);
        Assert.Equal("held by anonymous: the provider has a bad day", Assert.Single(held.WaitingFor).What);

        await host.Api.ActAsync(payment.Id, "resume", "it is fine again", cancellationToken);

        await host.Api.SeeAsync(payment.Id, "COMPLETED", cancellationToken);
        var history = await host.Api.HistoryAsync(payment.Id, cancellationToken);
        Assert.Equal(["suspend", "resume"], history.OfKind("operatorAction").Select(action => action.Text("action")));
        Assert.Contains(history.Single(step => step.Event == "ResumeWorkflow").Entries, entry => entry.Text("kind") == "commandSent");
        Assert.Equal(
            ["assess", "capture"],
            (await host.Effects.CardOperationsAsync(payment.Id, cancellationToken)).Select(operation => operation.Operation));
    }
}
