using Resonance.Contracts.Workflows;

namespace Resonance.Benchmarks;

// The eight messages of one workflow, the same records for every variant: a start, three commands with their replies, and an event at
// the end.

/// <summary>Starts a checkout.</summary>
public sealed record SubmitCheckout(Guid CheckoutId, string CustomerId, string Sku, int Quantity, decimal Amount);

/// <summary>The first command.</summary>
public sealed record ReserveStock(Guid WorkflowId, string IdempotencyKey, string Sku, int Quantity) : IActivityCommand;

/// <summary>Answers <see cref="ReserveStock"/>.</summary>
public sealed record StockReserved(Guid WorkflowId, string IdempotencyKey, int Available) : IActivityReply;

/// <summary>The second command.</summary>
public sealed record ChargeCard(Guid WorkflowId, string IdempotencyKey, string CustomerId, decimal Amount) : IActivityCommand;

/// <summary>Answers <see cref="ChargeCard"/>.</summary>
public sealed record CardCharged(Guid WorkflowId, string IdempotencyKey, string ChargeId, double FraudScore) : IActivityReply;

/// <summary>The third command.</summary>
public sealed record ShipParcel(Guid WorkflowId, string IdempotencyKey, string CustomerId, string Sku) : IActivityCommand;

/// <summary>Answers <see cref="ShipParcel"/>.</summary>
public sealed record ParcelShipped(Guid WorkflowId, string IdempotencyKey, string TrackingNumber) : IActivityReply;

/// <summary>Published at the end: the benchmark's clock stops when it arrives.</summary>
public sealed record CheckoutCompleted(Guid CheckoutId, string TrackingNumber);
