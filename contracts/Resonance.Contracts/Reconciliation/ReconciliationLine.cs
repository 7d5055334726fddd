using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts.Reconciliation;

/// <summary>How a reconciliation stands.</summary>
public sealed record ReconciliationBalance
{
    /// <summary>Most lines that <see cref="Open"/> lists.</summary>
    public const int OpenMax = 100;

    /// <summary>Lines that nobody has settled, from 0.</summary>
    [Range(0, long.MaxValue)]
    public required long OpenLines { get; init; }

    /// <summary>Lines that persons have settled, from 0.</summary>
    [Range(0, long.MaxValue)]
    public required long ResolvedLines { get; init; }

    /// <summary>
    /// What the open lines differ by, each without its sign, added up as numbers whatever their currency; from 0. A line that cannot be
    /// read adds nothing, since nobody knows its amount.
    /// </summary>
    [Range(typeof(decimal), "0", "79228162514264337593543950335", ParseLimitsInInvariantCulture = true)]
    public required decimal Difference { get; init; }

    /// <summary>The first open lines by their ids, <see cref="OpenMax"/> at most.</summary>
    [Required]
    public required IReadOnlyList<ReconciliationLine> Open { get; init; }
}

/// <summary>Something on which our books and the provider's statement do not agree.</summary>
public sealed record ReconciliationLine
{
    /// <summary>
    /// Names the line in its reconciliation, e.g. <c>amount_differs/capture/cap_1f</c>; the same line always has the same id.
    /// </summary>
    [Required]
    public required string LineId { get; init; }

    /// <summary>One of <see cref="ReconciliationKinds"/>.</summary>
    [Required]
    public required string Kind { get; init; }

    /// <summary><c>capture</c> or <c>refund</c>; null when the line cannot be read.</summary>
    public string? Operation { get; init; }

    /// <summary>The provider's id of the capture; null when the line cannot be read.</summary>
    public string? CaptureId { get; init; }

    /// <summary>What was paid for, from our books; null when they do not have it.</summary>
    public string? Reference { get; init; }

    /// <summary>Amount in our books, in <see cref="OurCurrency"/>; null when they do not have it.</summary>
    public decimal? OurAmount { get; init; }

    /// <summary>ISO 4217 alphabetic code in our books.</summary>
    public string? OurCurrency { get; init; }

    /// <summary>Amount on the statement, in <see cref="TheirCurrency"/>; null when it is not there, or cannot be read.</summary>
    public decimal? TheirAmount { get; init; }

    /// <summary>ISO 4217 alphabetic code on the statement.</summary>
    public string? TheirCurrency { get; init; }

    /// <summary>
    /// Line of the statement as it was fetched last, 1 for the first line of the file; null when it is not on the statement.
    /// </summary>
    public long? LineNumber { get; init; }

    /// <summary>Of a line that cannot be read: what it says, 500 letters at most.</summary>
    public string? Text { get; init; }

    /// <summary>Of a line that cannot be read: what is wrong with it.</summary>
    public string? Problem { get; init; }
}

/// <summary>How our books and a statement may disagree.</summary>
public static class ReconciliationKinds
{
    /// <summary>Our books have it, the statement does not.</summary>
    public const string MissingAtProvider = "missing_at_provider";

    /// <summary>The statement has it, our books do not.</summary>
    public const string MissingInBooks = "missing_in_books";

    /// <summary>Both have it, with different amounts.</summary>
    public const string AmountDiffers = "amount_differs";

    /// <summary>Both have it, in different currencies.</summary>
    public const string CurrencyDiffers = "currency_differs";

    /// <summary>The statement has it more than once.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>A line of the statement cannot be read.</summary>
    public const string Unreadable = "unreadable";
}
