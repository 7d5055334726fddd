using MassTransit;
using Resonance.Contracts.Payments;
using Resonance.Contracts.Reconciliation;

namespace Resonance.Tests.Support;

/// <summary>Sample reconciliations, and payments to reconcile.</summary>
static class Reconciliations
{
    public static readonly DateTimeOffset Day = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    public static StartReconciliation OfTheDay() => new()
    {
        ReconciliationId = NewId.NextGuid(),
        Provider = "simulated",
        From = Day,
        To = Day.AddDays(1),
    };

    public static StartPayment Payment(string card, decimal amount = 49.90m) => new()
    {
        PaymentId = NewId.NextGuid(),
        Reference = $"INVOICE-{card}",
        Amount = amount,
        Currency = "EUR",
        CardToken = card,
    };

    public static ResolveReconciliationLines Resolve(Guid id, params string[] lines) => new()
    {
        ReconciliationId = id,
        Lines = lines.Length == 0 ? null : lines,
        Operator = "ann",
        Reason = "the provider confirmed it by telephone",
    };
}
