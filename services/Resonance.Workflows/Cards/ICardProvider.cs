namespace Resonance.Workflows.Cards;

/// <summary>The company that moves the money. It is the one simulated part: <see cref="SimulatedCardProvider"/>.</summary>
/// <remarks>
/// A provider recognises the idempotency key: the same request again has no second effect and the same answer. What may be expected of
/// a provider, silence included, is a <see cref="CardProviderAnswer"/> and no exception.
/// </remarks>
interface ICardProvider
{
    /// <summary>Short name by which a reconciliation asks for this provider's statement.</summary>
    string Name { get; }

    /// <summary>Tells how likely fraud is: <see cref="CardProviderAnswer.Assessed"/>.</summary>
    Task<CardProviderAnswer> AssessAsync(CardCharge charge, CancellationToken cancellationToken);

    /// <summary>Takes the amount: <see cref="CardProviderAnswer.Captured"/>.</summary>
    Task<CardProviderAnswer> CaptureAsync(CardCharge charge, CancellationToken cancellationToken);

    /// <summary>Gives a captured amount back: <see cref="CardProviderAnswer.Refunded"/>.</summary>
    /// <remarks>
    /// The capture is named by its own idempotency key. One that was given back already is not given back again, whatever the key; one
    /// that was never made is refused from then on, should it still come.
    /// </remarks>
    Task<CardProviderAnswer> RefundAsync(string idempotencyKey, string captureKey, CancellationToken cancellationToken);

    /// <summary>
    /// Hands over what was captured and given back in a period, as far as it is posted: <see cref="CardProviderAnswer.Statement"/>.
    /// </summary>
    /// <param name="from">Beginning of the period.</param>
    /// <param name="to">End of the period, not part of it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<CardProviderAnswer> OpenStatementAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}

/// <summary>An amount and the card that it is to be taken from.</summary>
sealed record CardCharge(string IdempotencyKey, string CardToken, decimal Amount, string Currency);

/// <summary>What a provider may answer.</summary>
abstract record CardProviderAnswer
{
    CardProviderAnswer()
    {
    }

    /// <summary>How likely fraud is: 0 to 1.</summary>
    public sealed record Assessed(double FraudScore) : CardProviderAnswer;

    /// <summary>The amount was taken.</summary>
    public sealed record Captured(string CaptureId) : CardProviderAnswer;

    /// <summary>The amount was given back, by this request or an earlier one.</summary>
    public sealed record Refunded : CardProviderAnswer;

    /// <summary>
    /// A statement as a file, which comes as it is read; see <see cref="StatementFormat"/>. Whoever asked for it disposes it.
    /// </summary>
    public sealed record Statement(Stream Csv) : CardProviderAnswer;

    /// <summary>The provider will not do it, however often it is asked.</summary>
    /// <param name="Kind">A short stable word, e.g. <c>card_declined</c>.</param>
    /// <param name="Message">Why, for people.</param>
    public sealed record Refused(string Kind, string Message) : CardProviderAnswer;

    /// <summary>Nothing came back in time; whether it was done is unknown.</summary>
    public sealed record NoAnswer : CardProviderAnswer;
}
