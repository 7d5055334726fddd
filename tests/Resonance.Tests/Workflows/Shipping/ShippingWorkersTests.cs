using MassTransit;
using Resonance.Contracts.Shipping;
using Resonance.Contracts.Workflows;
using Resonance.Tests.Engine.Workers;
using Resonance.Workflows;
using Xunit;

namespace Resonance.Tests.Workflows.Shipping;

public sealed class ShippingWorkersTests : IAsyncLifetime
{
    WorkerBench _bench = null!;

    public async ValueTask InitializeAsync() =>
        _bench = await WorkerBench.StartAsync(bus => bus.AddResonanceWorkers(), (database, token) => database.MigrateWorkersAsync(token));

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_shipment_is_arranged_once_with_one_tracking_number()
    {
        var command = Arrange();

        var first = await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, command);
        var second = await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, command);
        var underAnotherKey = await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, command with { IdempotencyKey = "another" });

        var arranged = Assert.IsType<ShipmentArranged>(first);
        Assert.Equal((command.WorkflowId, command.IdempotencyKey), (arranged.WorkflowId, arranged.IdempotencyKey));
        Assert.Matches("^TRK-[0-9A-F]{16}$", arranged.TrackingNumber);
        Assert.Equal(first, second);
        Assert.Equal(arranged with { IdempotencyKey = "another" }, underAnotherKey);
        Assert.Equal([("arranged", arranged.TrackingNumber)], await ShipmentsAsync());
    }

    [Fact]
    public async Task Two_shipments_have_two_tracking_numbers()
    {
        var first = await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, Arrange());
        var second = await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, Arrange());

        Assert.NotEqual(Assert.IsType<ShipmentArranged>(first).TrackingNumber, Assert.IsType<ShipmentArranged>(second).TrackingNumber);
    }

    [Theory]
    [InlineData("noship")]
    [InlineData("noship-17")]
    public async Task A_customer_whom_nobody_delivers_to_is_refused(string customerId)
    {
        var reply = await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, Arrange() with { CustomerId = customerId });

        var failed = Assert.IsType<ActivityFailed>(reply);
        Assert.Equal(("shipping_refused", true), (failed.ErrorKind, failed.NonRetryable));
        Assert.Empty(await ShipmentsAsync());
    }

    [Fact]
    public async Task Another_order_under_the_same_shipment_is_refused()
    {
        var command = Arrange();
        await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, command);

        var reply = await _bench.DeliverAsync(
            WorkersRegistration.ShippingQueue, command with { IdempotencyKey = "another", Reference = "ORDER-2" });

        var failed = Assert.IsType<ActivityFailed>(reply);
        Assert.Equal(("shipment_differs", true), (failed.ErrorKind, failed.NonRetryable));
    }

    [Fact]
    public async Task A_cancelled_shipment_stays_cancelled()
    {
        var arrange = Arrange();
        var cancel = Cancel(arrange);
        await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, arrange);

        var first = await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, cancel);
        var second = await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, cancel with { IdempotencyKey = "another" });

        Assert.Equal(new ShipmentCancelled { WorkflowId = cancel.WorkflowId, IdempotencyKey = cancel.IdempotencyKey }, first);
        Assert.IsType<ShipmentCancelled>(second);
        Assert.Equal("cancelled", Assert.Single(await ShipmentsAsync()).Status);
    }

    [Fact]
    public async Task An_arrangement_that_arrives_after_its_cancellation_arranges_nothing()
    {
        var late = Arrange();

        var cancelled = await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, Cancel(late));
        var arranged = await _bench.DeliverAsync(WorkersRegistration.ShippingQueue, late);

        Assert.IsType<ShipmentCancelled>(cancelled);
        var failed = Assert.IsType<ActivityFailed>(arranged);
        Assert.Equal(("shipment_cancelled", true), (failed.ErrorKind, failed.NonRetryable));
        Assert.Equal([("cancelled", null)], await ShipmentsAsync());
    }

    [Fact]
    public async Task Arranging_and_cancelling_at_the_same_time_leaves_nothing_arranged()
    {
        var arrangements = Enumerable.Range(0, 30).Select(_ => Arrange()).ToArray();

        await Task.WhenAll(arrangements.SelectMany(arrange => new Task[]
        {
            _bench.DeliverAsync(WorkersRegistration.ShippingQueue, arrange),
            _bench.DeliverAsync(WorkersRegistration.ShippingQueue, Cancel(arrange)),
        }));

        var shipments = await ShipmentsAsync();
        Assert.Equal(30, shipments.Count);
        Assert.All(shipments, shipment => Assert.Equal("cancelled", shipment.Status));
    }

    static ArrangeShipment Arrange()
    {
        var workflow = NewId.NextGuid();
        return new ArrangeShipment
        {
            WorkflowId = workflow,
            IdempotencyKey = $"{workflow:N}/ship",
            ShipmentId = workflow,
            Reference = "ORDER-1",
            CustomerId = "customer-1",
        };
    }

    static CancelShipment Cancel(ArrangeShipment arrange) => new()
    {
        WorkflowId = arrange.WorkflowId,
        IdempotencyKey = $"{arrange.WorkflowId:N}/cancel",
        ShipmentId = arrange.ShipmentId,
    };

    Task<IReadOnlyList<(string Status, string? TrackingNumber)>> ShipmentsAsync() => _bench.QueryAsync(
        "SELECT status, tracking_number FROM shipment", row => (row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1)));
}
