using MassTransit;
using Resonance.Contracts.Payments;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Reconciliation;

/// <summary>Keeps our side of the books: what payments say that they took and gave back, each once, however often they say it.</summary>
sealed class PaymentLedger(IDatabase database) : IConsumer<PaymentCompleted>, IConsumer<PaymentRefunded>
{
    /// <inheritdoc />
    public Task Consume(ConsumeContext<PaymentCompleted> context)
    {
        var payment = context.Message;
        return BookAsync(
            new Entry(
                payment.CaptureId, "capture", payment.PaymentId, payment.Reference, payment.Amount, payment.Currency, payment.CompletedAt),
            context.CancellationToken);
    }

    /// <inheritdoc />
    public Task Consume(ConsumeContext<PaymentRefunded> context)
    {
        // A payment that was given up before it knew its capture cannot say what was given back; should there be a capture, the statement
        // has both, and both are found there to be missing in our books.
        if (context.Message is not { CaptureId: { } captureId } payment)
            return Task.CompletedTask;

        return BookAsync(
            new Entry(captureId, "refund", payment.PaymentId, payment.Reference, payment.Amount, payment.Currency, payment.RefundedAt),
            context.CancellationToken);
    }

    Task<int> BookAsync(Entry entry, CancellationToken cancellationToken) => database.TransactAsync(
        (connection, transaction, token) => new WorkerTransaction(connection, transaction).ExecuteAsync(
            """
            INSERT INTO payment_ledger (capture_id, operation, payment_id, reference, amount, currency, occurred_at)
            VALUES (@capture, @operation, @payment, @reference, @amount, @currency, @at)
            ON CONFLICT (capture_id, operation) DO NOTHING
            """,
            [
                ("@capture", entry.CaptureId),
                ("@operation", entry.Operation),
                ("@payment", entry.PaymentId.ToString("N")),
                ("@reference", entry.Reference),
                ("@amount", StoredForms.OfAmount(entry.Amount)),
                ("@currency", entry.Currency),
                ("@at", StoredForms.OfTime(entry.OccurredAt)),
            ],
            token),
        cancellationToken);

    sealed record Entry(
        string CaptureId, string Operation, Guid PaymentId, string Reference, decimal Amount, string Currency, DateTimeOffset OccurredAt);
}
