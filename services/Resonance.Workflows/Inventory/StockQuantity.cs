namespace Resonance.Workflows.Inventory;

/// <summary>Pieces of one stock keeping unit; at most one of these per SKU in a reservation.</summary>
readonly record struct StockQuantity(string Sku, long Quantity);
