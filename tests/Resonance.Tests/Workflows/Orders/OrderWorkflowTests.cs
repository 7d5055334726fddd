using Resonance.Engine.Definitions;
using Resonance.Engine.Delivery;
using Resonance.Tests.Support;
using Resonance.Workflows.Orders;

namespace Resonance.Tests.Workflows.Orders;

public sealed class OrderWorkflowTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_order_is_paid_and_shipped()
    {
        await using var harness = await WorkflowHarness.StartAsync();
        var order = Support.Orders.Good();

        var started = await harness.Client.StartAsync(OrderWorkflow.Type, order, Cancellation);
        var last = await harness.UntilStateAsync(order.OrderId, nameof(OrderWorkflow.Completed));

        Assert.Equal(StartOutcome.Accepted, started.Outcome);
        Assert.Equal("ORDER-1001", started.Key);
        Assert.Equal(WorkflowStatus.Completed, last.Workflow.Status);
        Assert.Contains(harness.Trail(), line => line.EndsWith("Workflow ORDER-1001 transitioned from PENDING to PROCESSING."));
    }
}
