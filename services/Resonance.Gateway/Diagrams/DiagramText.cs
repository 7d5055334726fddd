using System.Globalization;

namespace Resonance.Gateway.Diagrams;

/// <summary>The words and figures of a diagram, short.</summary>
static class DiagramText
{
    const int LinesMax = 4;

    /// <summary>The events of a transition, an activity's together: <c>SendEmail failed, exhausted</c>.</summary>
    public static IReadOnlyList<string> Lines(IReadOnlyList<string> events)
    {
        var lines = events.GroupBy(ActivityOf)
            .SelectMany(group => group.Key is null
                ? group.Select(Plain)
                : [$"{group.Key} {string.Join(", ", group.Select(name => name[(group.Key.Length + 1)..].ToLowerInvariant()))}"])
            .ToArray();
        return lines.Length <= LinesMax ? lines : [.. lines.Take(LinesMax - 1), $"+{lines.Length - LinesMax + 1} more"];
    }

    public static string Duration(TimeSpan time) => Duration((long)time.TotalMilliseconds);

    public static string Duration(long milliseconds) => milliseconds switch
    {
        < 1_000 => Text($"{milliseconds} ms"),
        < 10_000 => Text($"{milliseconds / 1_000.0:0.#} s"),
        < 120_000 => Text($"{milliseconds / 1_000.0:0} s"),
        < 7_200_000 => Text($"{milliseconds / 60_000.0:0} min"),
        < 172_800_000 => Text($"{milliseconds / 3_600_000.0:0.#} h"),
        _ => Text($"{milliseconds / 86_400_000.0:0.#} d"),
    };

    public static string Count(long count) => count switch
    {
        < 10_000 => Text($"{count:N0}"),
        < 1_000_000 => Text($"{count / 1_000.0:0.#}k"),
        _ => Text($"{count / 1_000_000.0:0.#}M"),
    };

    /// <summary>Never 0 % when it is not nothing.</summary>
    public static string Share(double share) => share switch
    {
        > 0 and < 0.001 => "<0.1 %",
        < 0.1 => Text($"{share * 100:0.#} %"),
        > 0.995 and < 1 => ">99 %",
        _ => Text($"{share * 100:0} %"),
    };

    public static string Attempts(int most) => most switch
    {
        0 => "no limit",
        1 => "1 try",
        _ => Text($"{most} tries"),
    };

    static string? ActivityOf(string name) => name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? name[..dot] : null;

    static string Plain(string name) => name switch
    {
        "ResumeWorkflow" => "resumed by a person",
        "Compensated" => "all is undone",
        "DeadlineReached" => "deadline reached",
        _ => name,
    };

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
