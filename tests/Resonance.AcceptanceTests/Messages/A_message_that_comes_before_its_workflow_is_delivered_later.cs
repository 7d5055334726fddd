using System.Text.Json;
using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Messages;

[Collection<OnARunningHost>]
public sealed class A_message_that_comes_before_its_workflow_is_delivered_later(RunningHost host)
{
    const string RefundPayment = "Resonance.Contracts.Payments:RefundPayment";

    [Fact]
    public async Task An_operators_command()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var order = new OrderForm { Lines = [new("SKU-1005", 2, 9_000m)] };
        await host.Broker.PublishAsync(
            "Resonance.Contracts.Workflows:CancelWorkflow",
            JsonSerializer.Serialize(new { workflowId = order.OrderId, @operator = "ada", reason = "a typing error" }),
            cancellationToken: cancellationToken);
        await WaitUntilMissedAsync(order.OrderId, cancellationToken);

        await host.Api.StartAsync(order, cancellationToken);

        await host.Api.SeeAsync(order.OrderId, "CANCELLED", cancellationToken);
        var action = Assert.Single((await host.Api.HistoryAsync(order.OrderId, cancellationToken)).OfKind("operatorAction"));
        Assert.Equal("ada", action.Text("operator"));
    }

    [Fact]
    public async Task An_event_in_bare_json()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = new PaymentForm { CardToken = "tok_review" };

        await host.Broker.PublishAsync(RefundPayment, RefundOf(payment.PaymentId), cancellationToken: cancellationToken);

        await AssertRefundedAfterStartAsync(payment, cancellationToken);
    }

    [Fact]
    public async Task An_event_in_the_envelope_of_MassTransit()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var payment = new PaymentForm { CardToken = "tok_review" };

        await host.Broker.PublishAsync(
            RefundPayment,
            OrderForm.Envelope(NewId.NextGuid(), RefundPayment, RefundOf(payment.PaymentId)),
            properties => properties.ContentType = OrderForm.EnvelopeType,
            cancellationToken: cancellationToken);

        await AssertRefundedAfterStartAsync(payment, cancellationToken);
    }

    async Task AssertRefundedAfterStartAsync(PaymentForm payment, CancellationToken cancellationToken)
    {
        await WaitUntilMissedAsync(payment.PaymentId, cancellationToken);

        await host.Api.StartAsync(payment, cancellationToken);

        // The card needs a person, so that nothing but the refund can end the payment; and nothing was captured that could be refunded.
        await host.Api.SeeAsync(payment.PaymentId, "CANCELLED", cancellationToken);
        var history = await host.Api.HistoryAsync(payment.PaymentId, cancellationToken);
        Assert.Single(history, step => step.Event == "RefundPayment");
    }

    Task WaitUntilMissedAsync(Guid id, CancellationToken cancellationToken) => host.Process.WaitForLineAsync(
        line => line.Contains($"{id} came before its instance", StringComparison.Ordinal), Eventually.Patience, cancellationToken);

    static string RefundOf(Guid paymentId) => JsonSerializer.Serialize(new { paymentId, reason = "paid twice" });
}
