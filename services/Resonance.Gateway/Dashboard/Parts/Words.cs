using System.Globalization;

namespace Resonance.Gateway.Dashboard.Parts;

/// <summary>Figures as people read them, the same on every page.</summary>
static class Words
{
    const string None = "–";

    public static string Count(long? number) => number?.ToString("#,0", CultureInfo.InvariantCulture) ?? None;

    public static string Rate(double? part) => part?.ToString("0.0 %", CultureInfo.InvariantCulture) ?? None;

    public static string PerSecond(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate:0.0}/s");

    public static string Milliseconds(long? duration) => duration is null ? None : Span(TimeSpan.FromMilliseconds(duration.Value));

    /// <summary>The two largest units that say something, e.g. <c>640 ms</c>, <c>4.2 s</c>, <c>3 min 5 s</c>, <c>2 d 4 h</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "0 s",
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Hours} h {span.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d {span.Hours} h"),
    };

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>UTC, to the second.</summary>
    public static string DateTime(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>E.g. <c>12 s ago</c>, or <c>in 3 min 5 s</c>.</summary>
    public static string From(DateTimeOffset now, DateTimeOffset time) => time > now ? $"in {Span(time - now)}" : $"{Span(now - time)} ago";
}
