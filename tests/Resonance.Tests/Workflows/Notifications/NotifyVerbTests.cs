using MassTransit;
using Resonance.Contracts.Notifications;
using Resonance.Contracts.Payments;
using Resonance.Engine.Journal;
using Resonance.Tests.Support;
using Resonance.Workflows;
using Resonance.Workflows.Notifications;
using Resonance.Workflows.Orders;
using Resonance.Workflows.Payments;
using Xunit;

namespace Resonance.Tests.Workflows.Notifications;

/// <summary>Orders and payments tell the one whom they concern how they went.</summary>
public sealed class NotifyVerbTests
{
    static readonly NotificationRecipient Ann = new() { Email = "ann@example.org", Url = "http://127.0.0.1:9/hook" };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_that_is_done_says_how_it_can_be_followed()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Resonance.Tests.Support.Orders.Good() with { Notify = Ann, Priority = 7 };

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        var notification = await NotificationOfAsync(harness, order.OrderId, NotificationTemplates.OrderCompleted);

        Assert.Equal(["email", "webhook"], notification.Channels);
        Assert.Equal((Ann, 7), (notification.Recipient, notification.Priority));
        Assert.Equal(harness.StepsOf(order.OrderId)[0].Workflow.Key, notification.Data["orderNumber"]);
        Assert.NotEmpty(notification.Data["trackingNumber"]);
        Assert.NotNull(MessageTemplate.Render(notification.Template, notification.Data).Text);
    }

    [Theory]
    [InlineData("tok_declined", "customer-1", "The payment was not successful.")]
    [InlineData("tok_visa", "noship-1", "No carrier can bring it to you.")]
    public async Task An_order_that_is_given_up_says_why_in_words_for_its_customer(string card, string customer, string reason)
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Resonance.Tests.Support.Orders.Good(cardToken: card) with { Notify = Ann, CustomerId = customer };

        await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        var notification = await NotificationOfAsync(harness, order.OrderId, NotificationTemplates.OrderCancelled);

        Assert.Equal(reason, notification.Data["reason"]);
        Assert.NotNull(MessageTemplate.Render(notification.Template, notification.Data).Text);
    }

    [Fact]
    public async Task A_payment_that_is_declined_does_not_tell_what_made_it_suspicious()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var payment = await PayAsync(harness, "tok_fraud", Ann);

        var notification = await NotificationOfAsync(harness, payment, NotificationTemplates.PaymentDeclined);

        Assert.DoesNotContain("fraud", string.Concat(notification.Data.Values));
        Assert.NotNull(MessageTemplate.Render(notification.Template, notification.Data).Text);
    }

    [Fact]
    public async Task A_payment_that_is_given_back_says_how_much()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var payment = await PayAsync(harness, "tok_visa", new NotificationRecipient { Url = Ann.Url });
        await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Completed));
        var endpoint = await harness.Bus.Bus.GetSendEndpoint(new Uri($"exchange:{PaymentWorkflow.Type}"));
        await endpoint.Send(new RefundPayment { PaymentId = payment, Reason = "returned" }, Cancellation);

        var notification = await NotificationOfAsync(harness, payment, NotificationTemplates.PaymentRefunded);

        Assert.Equal(["webhook"], notification.Channels);
        Assert.Equal(("10.00", "EUR"), (notification.Data["amount"], notification.Data["currency"]));
    }

    [Fact]
    public async Task Nobody_is_told_when_nobody_is_named()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var payment = await PayAsync(harness, "tok_fraud", null);

        await harness.UntilStateAsync(payment, nameof(PaymentWorkflow.Declined));

        Assert.DoesNotContain(harness.EntriesOf<EventPublished>(payment), sent => sent.Message == nameof(SendNotification));
    }

    static async Task<NotificationInstance> NotificationOfAsync(WorkflowHarness harness, Guid id, string template)
    {
        var started = await harness.UntilAsync(ChildIds.For(id, template), step => step.Journal.Sequence == 2);
        var instance = System.Text.Json.JsonSerializer.Deserialize<NotificationInstance>(
            started.Workflow.Data, Resonance.Engine.Steps.InstanceJson.Options)!;
        Assert.Equal(template, instance.Template);
        instance.Priority = started.Workflow.Priority;
        return instance;
    }

    static async Task<Guid> PayAsync(WorkflowHarness harness, string card, NotificationRecipient? notify)
    {
        var start = new StartPayment
        {
            PaymentId = NewId.NextGuid(),
            Reference = "r",
            Amount = 10,
            Currency = "EUR",
            CardToken = card,
            Notify = notify,
        };
        await harness.Client.StartAsync(PaymentWorkflow.Type, start, Cancellation);
        return start.PaymentId;
    }
}
