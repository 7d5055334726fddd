using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Resonance.Cli.Output;

/// <summary>Writes values as people read them.</summary>
static class Words
{
    /// <summary>What a text says, whoever wrote it: nothing in it can steer the terminal, nor mean a style.</summary>
    public static string Safe(string? text) => Markup.Escape(Plain(text ?? ""));

    /// <summary>Control characters become visible; a break of line becomes a blank.</summary>
    public static string Plain(string text)
    {
        if (!text.Any(char.IsControl))
            return text;

        var plain = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (letter is '\n' or '\r' or '\t')
                plain.Append(' ');
            else if (char.IsControl(letter))
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else
                plain.Append(letter);
        }

        return plain.ToString();
    }

    public static string Dim(string? text) => string.IsNullOrEmpty(text) ? "" : $"[grey]{Safe(text)}[/]";

    public static string Strong(string? text) => $"[bold]{Safe(text)}[/]";

    /// <summary>UTC, in whole seconds.</summary>
    public static string Time(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    /// <summary>UTC, the time of the day in milliseconds.</summary>
    public static string Clock(DateTimeOffset? time) => time?.ToUniversalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "";

    /// <summary>The two largest parts of a span of time, e.g. <c>2 h 5 min</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
            return $"-{Duration(-span)}";
        return span.TotalMilliseconds < 1000 ? Invariant($"{span.TotalMilliseconds:0} ms")
            : span.TotalSeconds < 60 ? Invariant($"{span.TotalSeconds:0.##} s")
            : span.TotalMinutes < 60 ? TwoParts(span.Minutes, "min", span.Seconds, "s")
            : span.TotalHours < 24 ? TwoParts(span.Hours, "h", span.Minutes, "min")
            : TwoParts(span.Days, "d", span.Hours, "h");
    }

    public static string Milliseconds(long? value) => value is { } given ? Duration(TimeSpan.FromMilliseconds(given)) : "";

    public static string Count(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    public static string Percent(double? part) => part is { } given ? Invariant($"{given * 100:0.##} %") : "";

    /// <summary>Many of a thing, or one.</summary>
    public static string Of(long count, string one, string many) => count == 1 ? $"1 {one}" : $"{Count(count)} {many}";

    /// <summary>A status in its colour.</summary>
    public static string Status(string? status) => status switch
    {
        "queued" => "[aqua]queued[/]",
        "running" => "[blue]running[/]",
        "suspended" => "[yellow]suspended[/]",
        "compensating" => "[magenta]compensating[/]",
        "completed" or "healthy" or "pass" or "started" => $"[green]{status}[/]",
        "failed" or "unhealthy" or "fail" or "refused" => $"[red]{status}[/]",
        "degraded" or "missed" => $"[yellow]{status}[/]",
        "cancelled" or "skipped" => $"[grey]{status}[/]",
        _ => Safe(status),
    };

    static string TwoParts(int first, string unit, int second, string smaller) =>
        second == 0 ? Invariant($"{first} {unit}") : Invariant($"{first} {unit} {second} {smaller}");

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
