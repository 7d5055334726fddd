using MassTransit;
using Resonance.Contracts.Orders;

namespace Resonance.Tests.Support;

/// <summary>Orders to submit.</summary>
static class Orders
{
    public static SubmitOrder Good(string cardToken = "tok_visa", string sku = "SKU-1001", string customerId = "customer-1", decimal unitPrice = 10m) => new()
    {
        OrderId = NewId.NextGuid(),
        CustomerId = customerId,
        Currency = "EUR",
        Lines = [new OrderLine { Sku = sku, Quantity = 2, UnitPrice = unitPrice }],
        CardToken = cardToken,
    };
}
