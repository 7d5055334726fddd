using Resonance.Contracts.Inventory;
using Resonance.Engine.Rules;

namespace Resonance.Workflows.Orders;

/// <summary>What the order's rules decide on.</summary>
/// <param name="Lines">What was asked for and what there was.</param>
/// <param name="Reserved">Whether the stock holds every line for this order.</param>
public sealed record StockFacts(IReadOnlyList<InventoryAvailability> Lines, bool Reserved);

/// <param name="Total">Sum over the lines.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
public sealed record OrderFacts(decimal Total, string Currency);

/// <summary>The rules of the order workflow.</summary>
public sealed class OrderRules
{
    /// <summary>Orders up to here go through by themselves.</summary>
    public const decimal Limit = 10_000m;

    /// <summary>A fail cancels the order.</summary>
    public Rule<StockFacts> CheckInventory { get; } = new(
        "check_inventory",
        "reserved && lines.all(l, l.available >= l.quantity)",
        facts => facts.Reserved && facts.Lines.All(line => line.Available >= line.Quantity),
        facts => "out of stock: " + string.Join(", ", facts.Lines
            .Where(line => line.Available < line.Quantity)
            .Select(line => $"{line.Sku} has {line.Available} of {line.Quantity}")));

    /// <summary>A fail has the order wait for a person.</summary>
    public Rule<OrderFacts> OrderLimit { get; } = new(
        "order_limit",
        "total <= 10000",
        facts => facts.Total <= Limit,
        facts => $"the total of {facts.Total} {facts.Currency} is above {Limit}");
}
