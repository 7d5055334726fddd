using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Resonance.Engine.Storage;
using Resonance.Engine.Workers;

namespace Resonance.Workflows.Cards;

/// <summary>A provider that keeps real books in <c>card_operation</c> and moves no money; how a card fares hangs on its token.</summary>
/// <remarks>The books are a table, so that a restart forgets neither captures nor how often something was asked.</remarks>
sealed class SimulatedCardProvider(IDatabase database, TimeProvider time) : ICardProvider
{
    static readonly CardProviderAnswer KeyReused = new CardProviderAnswer.Refused(
        "idempotency_key_reused", "The idempotency key was used for another request.");

    static readonly CardProviderAnswer UnknownCard = new CardProviderAnswer.Refused("unknown_card", "There is no card with this token.");

    public string Name => "simulated";

    public async Task<CardProviderAnswer> AssessAsync(CardCharge charge, CancellationToken cancellationToken)
    {
        if (SimulatedCards.Find(charge.CardToken) is not { } card)
            return UnknownCard;

        var attempts = await TransactAsync(
            (books, token) => RecordAsync(books, "assess", charge.IdempotencyKey, "", Entry.Of(charge), token), cancellationToken);
        return attempts switch
        {
            null => KeyReused,
            _ when card.Silent || attempts <= card.SilentAssessments => new CardProviderAnswer.NoAnswer(),
            _ => new CardProviderAnswer.Assessed(card.FraudScore),
        };
    }

    public async Task<CardProviderAnswer> CaptureAsync(CardCharge charge, CancellationToken cancellationToken)
    {
        if (SimulatedCards.Find(charge.CardToken) is not { } card)
            return UnknownCard;
        if (charge.Amount <= 0)
            return new CardProviderAnswer.Refused("invalid_amount", "Only an amount above 0 can be captured.");

        var captureId = card.Declined || card.Silent ? "" : CaptureIdOf(charge.IdempotencyKey);
        var attempts = await TransactAsync(
            (books, token) => RecordAsync(books, "capture", charge.IdempotencyKey, captureId, Entry.Of(charge), token), cancellationToken);
        return card switch
        {
            _ when attempts is null => KeyReused,
            { Silent: true } => new CardProviderAnswer.NoAnswer(),
            { Declined: true } => new CardProviderAnswer.Refused("card_declined", "The card's bank declined the amount."),
            _ => new CardProviderAnswer.Captured(captureId),
        };
    }

    public Task<CardProviderAnswer> RefundAsync(string idempotencyKey, string captureKey, CancellationToken cancellationToken) =>
        TransactAsync<CardProviderAnswer>(
            async (books, token) =>
            {
                if (await RecordAsync(books, "refund", idempotencyKey, captureKey, Entry.None, token) is null)
                    return KeyReused;

                // The first refund to arrive pays out, and a later one has nothing left to pay. Where there is no capture yet, the row
                // stands in its way: should it still come, it is refused.
                await books.ExecuteAsync(
                    """
                    INSERT INTO card_operation (idempotency_key, operation, capture_id, token, amount, currency, attempts, refunded_by)
                    VALUES (@capture, 'capture', '', '', '0', '', 1, @key)
                    ON CONFLICT (idempotency_key) DO UPDATE SET refunded_by = coalesce(card_operation.refunded_by, excluded.refunded_by)
                    """,
                    [("@key", idempotencyKey), ("@capture", captureKey)],
                    token);
                return new CardProviderAnswer.Refunded();
            },
            cancellationToken);

    public Task<CardProviderAnswer> OpenStatementAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        Task.FromResult<CardProviderAnswer>(new CardProviderAnswer.Statement(new SimulatedStatement(database, from, to, time.GetUtcNow())));

    /// <summary>Counts an attempt under its key. Whatever is asked again was done when it was asked first.</summary>
    /// <returns>Attempts so far, this one included; null when the key stands for another request.</returns>
    async Task<long?> RecordAsync(
        WorkerTransaction books, string operation, string key, string captureId, Entry entry, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var postedAfter = SimulatedCards.Find(entry.Token)?.PostedAfter ?? TimeSpan.Zero;
        var rows = await books.QueryAsync(
            """
            INSERT INTO card_operation (
                idempotency_key, operation, capture_id, token, amount, currency, attempts, recorded_at, posted_at)
            VALUES (@key, @operation, @capture, @token, @amount, @currency, 1, @recorded, @posted)
            ON CONFLICT (idempotency_key) DO UPDATE SET attempts = card_operation.attempts + 1
            WHERE card_operation.operation = excluded.operation AND card_operation.capture_id = excluded.capture_id
                AND card_operation.token = excluded.token AND card_operation.amount = excluded.amount
                AND card_operation.currency = excluded.currency
            RETURNING attempts
            """,
            [
                ("@key", key),
                ("@operation", operation),
                ("@capture", captureId),
                ("@token", entry.Token),
                ("@amount", entry.Amount),
                ("@currency", entry.Currency),
                ("@recorded", StoredForms.OfTime(now)),
                ("@posted", StoredForms.OfTime(now + postedAfter)),
            ],
            row => row.GetInt64(0),
            cancellationToken);
        return rows is [var attempts] ? attempts : null;
    }

    Task<TResult> TransactAsync<TResult>(
        Func<WorkerTransaction, CancellationToken, Task<TResult>> work, CancellationToken cancellationToken) =>
        database.TransactAsync(
            (connection, transaction, token) => work(new WorkerTransaction(connection, transaction), token), cancellationToken);

    static string CaptureIdOf(string idempotencyKey) =>
        "cap_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)), 0, 12);

    sealed record Entry(string Token, string Amount, string Currency)
    {
        public static Entry None { get; } = new("", "0", "");

        // G29 drops trailing zeros: 10.0 and 10.00 are one amount.
        public static Entry Of(CardCharge charge) =>
            new(charge.CardToken, charge.Amount.ToString("G29", CultureInfo.InvariantCulture), charge.Currency);
    }
}
