using Resonance.Contracts;
using Resonance.Contracts.Inventory;
using Resonance.Contracts.Notifications;
using Resonance.Contracts.Orders;
using Resonance.Engine.Definitions;

namespace Resonance.Workflows.Orders;

/// <summary>What an order remembers.</summary>
public sealed class OrderInstance : WorkflowInstance
{
    /// <summary>Who ordered.</summary>
    public string CustomerId { get; set; } = "";

    /// <summary>ISO 4217 alphabetic code.</summary>
    public string Currency { get; set; } = "";

    /// <summary>What was ordered.</summary>
    public IReadOnlyList<OrderLine> Lines { get; set; } = [];

    /// <summary>Sum over the lines, in <see cref="Currency"/>.</summary>
    public decimal Total { get; set; }

    /// <summary>The card to charge, as a token of the card provider.</summary>
    [Sensitive]
    public string CardToken { get; set; } = "";

    /// <summary>The payment workflow of this order.</summary>
    public Guid PaymentId { get; set; }

    /// <summary>What stock there was when the order was reserved.</summary>
    public IReadOnlyList<InventoryAvailability> Availability { get; set; } = [];

    /// <summary>Who is told how the order went; null for nobody.</summary>
    public NotificationRecipient? Notify { get; set; }

    /// <summary>Why the order was given up, as its customer is told; null when it was not given up by itself.</summary>
    public string? WhyForCustomer { get; set; }

    /// <summary>The carrier's number, once shipped.</summary>
    public string? TrackingNumber { get; set; }
}
