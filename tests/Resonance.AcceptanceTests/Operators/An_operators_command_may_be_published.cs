using System.Text.Json;
using Resonance.AcceptanceTests.Support;
using Xunit;

namespace Resonance.AcceptanceTests.Operators;

[Collection<OnAnImpatientHost>]
public sealed class An_operators_command_may_be_published(ImpatientHost host)
{
    [Fact]
    public async Task A_cancelled_order_is_undone()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm { CardToken = "tok_timeout" };
        await host.Api.StartAsync(order, cancellationToken);
        await host.Api.SeeAsync(order.OrderId, "AWAITING_PAYMENT", cancellationToken);

        await PublishAsync("CancelWorkflow", order.OrderId, cancellationToken);

        var cancelled = await host.Api.SeeAsync(order.OrderId, "CANCELLED", cancellationToken);
        var action = Assert.Single((await host.Api.HistoryAsync(order.OrderId, cancellationToken)).OfKind("operatorAction"));
        Assert.Equal(("cancel", "ada", "a foreign client asks"), (action.Text("action"), action.Text("operator"), action.Text("reason")));
        Assert.Equal(0, await host.Effects.ReservedAsync(order.OrderId, cancellationToken));

        // The payment was under way, and was given up with its order.
        var payment = await host.Api.FindAsync(Guid.Parse(cancelled.Data.Text("paymentId")), cancellationToken);
        Assert.Equal("cancelled", payment!.Status);
    }

    [Fact]
    public async Task A_suspended_payment_is_tried_again()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = await host.Api.StartAsync(new PaymentForm { CardToken = "tok_timeout" }, cancellationToken);
        await host.Api.SeeAsync(payment.Id, "SUSPENDED", cancellationToken, TimeSpan.FromSeconds(90));

        await PublishAsync("RetryWorkflow", payment.Id, cancellationToken);

        var history = await host.Api.SeeHistoryAsync(payment.Id, seen => seen.OfKind("recovered").Count == 1, cancellationToken);
        var retried = history.Single(step => step.Event == "RetryWorkflow");
        var command = Assert.Single(retried.Entries, entry => entry.Text("kind") == "commandSent");
        Assert.Equal("AssessCard", command.Text("activity"));
        Assert.Equal("1", command.Text("attempt"));
    }

    Task PublishAsync(string command, Guid workflowId, CancellationToken cancellationToken) => host.Broker.PublishAsync(
        $"Resonance.Contracts.Workflows:{command}",
        JsonSerializer.Serialize(new { workflowId, @operator = "ada", reason = "a foreign client asks" }),
        cancellationToken: cancellationToken);
}
