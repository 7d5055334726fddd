namespace Resonance.Benchmarks;

static class Statistics
{
    /// <summary>The value that so many percent of all values do not exceed.</summary>
    public static TimeSpan Percentile(this TimeSpan[] sorted, int percent) =>
        sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * percent / 100.0) - 1)];

    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
