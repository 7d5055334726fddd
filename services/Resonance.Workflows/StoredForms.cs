using System.Globalization;

namespace Resonance.Workflows;

/// <summary>How the workers' tables hold money and time, so that one statement compares them on every store.</summary>
static class StoredForms
{
    /// <summary>Stored amounts are whole ten-thousandths, which no store rounds.</summary>
    public const int AmountScale = 10_000;

    /// <summary>An amount as it is stored.</summary>
    /// <param name="amount">At most 1,000,000,000,000, four decimals at most.</param>
    public static long OfAmount(decimal amount) => decimal.ToInt64(amount * AmountScale);

    /// <summary>The amount that is stored.</summary>
    public static decimal ToAmount(long stored) => (decimal)stored / AmountScale;

    /// <summary>A time as it is stored: UTC in whole microseconds, as long as any other, so that texts compare as times do.</summary>
    public static string OfTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
