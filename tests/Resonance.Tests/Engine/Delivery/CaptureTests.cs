using Resonance.Engine.Delivery;
using Resonance.Engine.Journal;
using Resonance.Tests.Support;
using Resonance.Workflows.Orders;
using Xunit;

namespace Resonance.Tests.Engine.Delivery;

public sealed class CaptureTests
{
    [Fact]
    public async Task What_is_sent_must_have_a_queue_and_what_is_published_may_have_none()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good();

        await harness.Client.StartAsync(OrderWorkflow.Type, order, TestContext.Current.CancellationToken);
        await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Completed));

        var mandatory = harness.StepsOf(order.OrderId).SelectMany(step => step.Messages)
            .ToDictionary(message => message.MessageId, message => StoredEnvelope.FromJson(message.Envelope).Mandatory);
        Assert.All(harness.EntriesOf<CommandSent>(order.OrderId), sent => Assert.True(mandatory[sent.MessageId], sent.Command));
        var published = Assert.Single(harness.EntriesOf<EventPublished>(order.OrderId));
        Assert.Equal("OrderCompleted", published.Message);
        Assert.False(mandatory[published.MessageId]);
    }
}
