using System.Text.Json;
using Resonance.AcceptanceTests.Support;
using Xunit;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Messages;

[Collection<OnARunningHost>]
public sealed class A_message_whose_workflow_never_comes_is_kept(RunningHost host)
{
    const string RefundPayment = "Resonance.Contracts.Payments:RefundPayment";
    const string CancelWorkflow = "Resonance.Contracts.Workflows:CancelWorkflow";

    // The waits before the last delivery are 21 s in all.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task In_a_dead_letter_queue_with_its_reason_from_where_it_can_be_sent_again()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var (bare, enveloped, cancelled) = (NewId.NextGuid(), NewId.NextGuid(), NewId.NextGuid());
        await host.Broker.PublishAsync(RefundPayment, RefundOf(bare), cancellationToken: cancellationToken);
        await host.Broker.PublishAsync(
            RefundPayment,
            OrderForm.Envelope(NewId.NextGuid(), RefundPayment, RefundOf(enveloped)),
            properties => properties.ContentType = OrderForm.EnvelopeType,
            cancellationToken: cancellationToken);
        await host.Broker.PublishAsync(
            CancelWorkflow,
            JsonSerializer.Serialize(new { workflowId = cancelled, @operator = "ada", reason = "never mind" }),
            cancellationToken: cancellationToken);

        var kept = await SeeKeptAsync("payment_error", bare, cancellationToken);
        await SeeKeptAsync("payment_error", enveloped, cancellationToken);
        await SeeKeptAsync("operator-commands_error", cancelled, cancellationToken);

        // Whoever puts things right starts the payment and moves the message back to where it failed.
        var payment = new PaymentForm { PaymentId = bare, CardToken = "tok_review" };
        await host.Api.StartAsync(payment, cancellationToken);
        await host.Api.SeeAsync(bare, "SUSPENDED", cancellationToken);
        await host.Broker.PublishAsync(
            "payment",
            kept.Body,
            properties =>
            {
                properties.ContentType = kept.Properties.ContentType;
                properties.MessageId = kept.Properties.MessageId;
                properties.Headers = kept.Headers.ToDictionary();
            },
            cancellationToken: cancellationToken);
        await host.Api.SeeAsync(bare, "CANCELLED", cancellationToken);
    }

    async Task<BrokerMessage> SeeKeptAsync(string queue, Guid workflowId, CancellationToken cancellationToken)
    {
        var messages = await Eventually.SeeAsync(
            token => host.Broker.PeekAsync(queue, token),
            seen => seen.Any(message => message.Body.Contains(workflowId.ToString(), StringComparison.Ordinal)),
            cancellationToken,
            Patience);
        var kept = Assert.Single(messages, message => message.Body.Contains(workflowId.ToString(), StringComparison.Ordinal));
        Assert.Contains($"is for workflow {workflowId}, which does not exist", kept.Headers["MT-Fault-Message"]?.ToString(), StringComparison.Ordinal);
        return kept;
    }

    static string RefundOf(Guid paymentId) => JsonSerializer.Serialize(new { paymentId, reason = "paid twice" });
}
