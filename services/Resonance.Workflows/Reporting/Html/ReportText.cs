using System.Globalization;

namespace Resonance.Workflows.Reporting.Html;

/// <summary>Numbers and times as people read them. UTC, English, the same on every machine.</summary>
static class ReportText
{
    static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>E.g. <c>12,401</c>.</summary>
    public static string Count(long count) => count.ToString("N0", Culture);

    /// <summary>E.g. <c>98.4 %</c>; a dash when there is nothing to have a share in.</summary>
    public static string Share(long part, long whole) => whole == 0 ? "–" : string.Create(Culture, $"{100.0 * part / whole:0.#} %");

    /// <summary>Two units at most: <c>850 ms</c>, <c>1.25 s</c>, <c>2 min 5 s</c>, <c>3 h 12 min</c>, <c>2 d 4 h</c>.</summary>
    public static string Duration(long milliseconds)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);
        return time switch
        {
            { TotalSeconds: < 1 } => string.Create(Culture, $"{milliseconds} ms"),
            { TotalMinutes: < 1 } => string.Create(Culture, $"{time.TotalSeconds:0.##} s"),
            { TotalHours: < 1 } => Pair(time.Minutes, "min", time.Seconds, "s"),
            { TotalDays: < 1 } => Pair(time.Hours, "h", time.Minutes, "min"),
            _ => Pair(time.Days, "d", time.Hours, "h"),
        };
    }

    /// <summary>E.g. <c>22 November 2026</c>, or <c>22 November 2026, 09:00 – 12:00 UTC</c>.</summary>
    public static string Period(DateTimeOffset from, DateTimeOffset to)
    {
        var (first, end) = (from.UtcDateTime, to.UtcDateTime);
        if (first.TimeOfDay == TimeSpan.Zero && end.TimeOfDay == TimeSpan.Zero)
        {
            var last = end.AddDays(-1);
            return first == last ? $"{Day(first)}, UTC" : $"{Day(first)} – {Day(last)}, UTC";
        }

        return first.Date == end.Date
            ? $"{Day(first)}, {Clock(first)} – {Clock(end)} UTC"
            : $"{Day(first)}, {Clock(first)} – {Day(end)}, {Clock(end)} UTC";
    }

    /// <summary>E.g. <c>22 November 2026, 09:15 UTC</c>.</summary>
    public static string Moment(DateTimeOffset time) => $"{Day(time.UtcDateTime)}, {Clock(time.UtcDateTime)} UTC";

    /// <summary>E.g. <c>22 November 2026</c>.</summary>
    public static string Day(DateTime day) => day.ToString("d MMMM yyyy", Culture);

    /// <summary>E.g. <c>22 Nov</c>.</summary>
    public static string ShortDay(DateTime day) => day.ToString("d MMM", Culture);

    /// <summary>E.g. <c>Nov</c>; January has its year.</summary>
    public static string Month(DateTime day) => day.ToString(day.Month == 1 ? "MMM yyyy" : "MMM", Culture);

    /// <summary>E.g. <c>09:15</c>, with seconds when there are some.</summary>
    public static string Clock(DateTime time) => time.ToString(time.Second == 0 ? "HH:mm" : "HH:mm:ss", Culture);

    static string Pair(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? string.Create(Culture, $"{large} {largeUnit}") : string.Create(Culture, $"{large} {largeUnit} {small} {smallUnit}");
}
