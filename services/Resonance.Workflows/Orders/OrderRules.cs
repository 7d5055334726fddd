using Resonance.Contracts.Inventory;
using Resonance.Engine.Rules;

namespace Resonance.Workflows.Orders;

/// <summary>What the stock rule decides on.</summary>
/// <param name="Lines">What was asked for and what there was.</param>
/// <param name="Reserved">Whether the stock holds every line for this order.</param>
/// <param name="Total">Sum over the lines.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
public sealed record StockFacts(IReadOnlyList<InventoryAvailability> Lines, bool Reserved, decimal Total, string Currency);

/// <summary>What the limit rule decides on.</summary>
/// <param name="Total">Sum over the lines.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="CustomerId">Who ordered.</param>
/// <param name="Priority">0 to 9.</param>
public sealed record OrderFacts(decimal Total, string Currency, string CustomerId, int Priority);

/// <summary>The rules of the order workflow.</summary>
public sealed class OrderRules
{
    /// <summary>A fail cancels the order.</summary>
    public Rule<StockFacts> CheckInventory { get; } = new(
        "check_inventory", "lines.all(l, l.available >= l.quantity) && reserved",
        description: "Whether the stock has what was ordered.",
        failMeans: "out of stock");

    /// <summary>A fail has the order wait for a person.</summary>
    public Rule<OrderFacts> OrderLimit { get; } = new(
        "order_limit", "total <= 10000",
        description: "Up to which total an order goes through by itself.",
        failMeans: "the total is above the limit");
}
