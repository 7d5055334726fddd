using Resonance.Contracts.Orders;
using NewId = MassTransit.NewId;

namespace Resonance.AcceptanceTests.Faults;

/// <summary>How an order shall fare, whatever happens to the processes that execute it.</summary>
enum OrderKind
{
    /// <summary>Goes through.</summary>
    Good,

    /// <summary>Goes through after the card provider left the first question unanswered.</summary>
    TimeOutOnce,

    /// <summary>One of its lines has no stock.</summary>
    OutOfStock,

    /// <summary>Its card is declined; the stock goes back.</summary>
    Declined,

    /// <summary>Shipping refuses it: payment and stock go back.</summary>
    NotShipped,
}

/// <summary>An order and what is to become of it.</summary>
sealed record SampleOrder(OrderKind Kind, SubmitOrder Start)
{
    public Guid Id => Start.OrderId;

    public decimal Total => Start.Lines.Sum(line => line.Quantity * line.UnitPrice);

    public bool Completes => Kind is OrderKind.Good or OrderKind.TimeOutOnce;

    /// <summary>The state that the order's payment ends in; null when it has none.</summary>
    public string? PaymentState => Kind switch
    {
        OrderKind.OutOfStock => null,
        OrderKind.Declined => "Declined",
        OrderKind.NotShipped => "Refunded",
        _ => "Completed",
    };
}

/// <summary>Orders of every kind, good ones most.</summary>
static class SampleOrders
{
    static readonly OrderKind[] Mix =
    [
        OrderKind.Good, OrderKind.NotShipped, OrderKind.OutOfStock, OrderKind.TimeOutOnce, OrderKind.Declined, OrderKind.Good,
    ];

    public static IReadOnlyList<SampleOrder> Take(int count) =>
        [.. Enumerable.Range(0, count).Select(index => Create(Mix[index % Mix.Length], index))];

    static SampleOrder Create(OrderKind kind, int index) => new(kind, new SubmitOrder
    {
        OrderId = NewId.NextGuid(),
        CustomerId = kind == OrderKind.NotShipped ? $"noship-{index}" : $"customer-{index}",
        Currency = "EUR",
        Lines =
        [
            // Many orders want the same article, so that their reservations meet.
            new OrderLine { Sku = "SKU-1001", Quantity = 1 + index % 3, UnitPrice = 9.99m },
            new OrderLine { Sku = kind == OrderKind.OutOfStock ? "SKU-OUT" : $"SKU-{1002 + index % 9}", Quantity = 2, UnitPrice = 5.5m + index },
        ],
        CardToken = kind switch
        {
            OrderKind.Declined => "tok_declined",
            OrderKind.TimeOutOnce => "tok_timeout_once",
            _ => "tok_visa",
        },
    });
}
