using System.Globalization;
using Resonance.Cli.Running;

namespace Resonance.Cli.Commands;

/// <summary>Reads a moment as people write it: a time, or how long ago.</summary>
static class Moments
{
    /// <returns>ISO 8601 in UTC; null when nothing was given.</returns>
    public static string? Read(Session session, string option, string? given)
    {
        if (string.IsNullOrEmpty(given))
            return null;

        var moment = Ago(given) is { } ago && session.Clock.GetUtcNow() is var now && ago < now - DateTimeOffset.UnixEpoch ? now - ago
            : DateTimeOffset.TryParse(given, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
            : throw new ToolFailure(
                ExitCodes.WrongUsage, $"'{given}' is no time for {option}; write one like 2026-01-31T09:15Z, or 30m, 2h or 7d for so long ago.");
        return moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
    }

    static TimeSpan? Ago(string given)
    {
        if (!int.TryParse(given.AsSpan(0, given.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return null;

        return given[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
    }
}
