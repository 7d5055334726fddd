using MassTransit;
using Resonance.Contracts.Orders;
using Resonance.Engine.Delivery;
using Resonance.Workflows.Orders;

namespace Resonance.Host;

/// <summary>Submits a steady stream of orders: most go through, some fail each in its own way.</summary>
sealed class DemoOrders(WorkflowClient client, DemoOptions options, Random chance, TimeProvider clock, IBusControl bus) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / options.OrdersPerSecond), clock);
        for (var count = 0; options.Orders == 0 || count < options.Orders; count++)
        {
            await client.StartAsync(OrderWorkflow.Type, Next(), stoppingToken);
            await pace.WaitForNextTickAsync(stoppingToken);
        }
    }

    SubmitOrder Next()
    {
        var dice = chance.NextDouble();
        var sku = $"SKU-{1001 + chance.Next(10)}";
        var token = "tok_visa";
        var customer = $"customer-{chance.Next(1000)}";
        if ((dice -= options.OutOfStock) < 0)
            sku = "SKU-OUT";
        else if ((dice -= options.Declined) < 0)
            token = "tok_declined";
        else if ((dice -= options.TimeOut) < 0)
            token = "tok_timeout_once";
        else if (dice - options.NoShipping < 0)
            customer = $"noship-{chance.Next(1000)}";
        return new SubmitOrder
        {
            OrderId = NewId.NextGuid(),
            CustomerId = customer,
            Currency = "EUR",
            Lines = [new OrderLine { Sku = sku, Quantity = 1 + chance.Next(5), UnitPrice = 5 + chance.Next(10_000) / 100m }],
            CardToken = token,
        };
    }
}
