namespace Resonance.Workflows.Cards;

/// <summary>
/// A provider's statement as a file: CSV in UTF-8, a line for each capture and each refund. The first line names the columns, in any order
/// and among others. No value holds a comma, a quote or a line break, so that a line break always ends a line.
/// </summary>
static class StatementFormat
{
    /// <summary><c>capture</c> or <c>refund</c>.</summary>
    public const string Operation = "operation";

    /// <summary>The provider's id of the capture; a refund names the capture that it gives back.</summary>
    public const string CaptureId = "capture_id";

    /// <summary>Above 0, with a point, four decimals at most, e.g. <c>49.90</c>.</summary>
    public const string Amount = "amount";

    /// <summary>ISO 4217 alphabetic code.</summary>
    public const string Currency = "currency";

    /// <summary>When it was done, ISO 8601 in UTC, e.g. <c>2026-01-31T09:15:43.105Z</c>.</summary>
    public const string RecordedAt = "recorded_at";

    /// <summary>Every column, in the order in which ours are written.</summary>
    public static IReadOnlyList<string> Columns { get; } = [Operation, CaptureId, Amount, Currency, RecordedAt];
}
