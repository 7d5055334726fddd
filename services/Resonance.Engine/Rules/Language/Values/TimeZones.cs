using System.Collections.Concurrent;
using System.Globalization;

namespace Resonance.Engine.Rules.Language;

/// <summary>Finds the time zones that an expression names.</summary>
static class TimeZones
{
    // An unknown name makes the system look for it every time.
    const long UnknownCost = 2_000;

    // Holds what the system has, some hundreds, and nothing that only an expression has.
    static readonly ConcurrentDictionary<string, TimeZoneInfo> Known = new(StringComparer.Ordinal);

    /// <param name="budget">Pays for names that do not exist.</param>
    /// <param name="name">A name such as <c>Europe/Paris</c>, or an offset such as <c>+02:00</c>.</param>
    /// <param name="at">Offsets change over the year.</param>
    /// <returns>Null when there is no such zone.</returns>
    public static int? OffsetSeconds(ref Budget budget, string name, Instant at)
    {
        if (Fixed(name) is { } seconds)
            return seconds;
        if (name == "UTC")
            return 0;
        return Find(ref budget, name) is { } zone ? (int)zone.GetUtcOffset(at.ToUtc()).TotalSeconds : null;
    }

    static int? Fixed(string name)
    {
        var digits = name is ['+' or '-', ..] ? name.AsSpan(1) : name;
        if (digits is not [_, _, ':', _, _]
            || !int.TryParse(digits[..2], NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(digits[3..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            || hours > 23 || minutes > 59)
        {
            return null;
        }

        var seconds = hours * 3600 + minutes * 60;
        return name[0] == '-' ? -seconds : seconds;
    }

    static TimeZoneInfo? Find(ref Budget budget, string name)
    {
        if (Known.TryGetValue(name, out var known))
            return known;

        // Such names are paths of files to some systems; nothing but a name gets that far.
        var isName = name.Length is > 0 and <= 64
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '_' or '-' or '+')
            && char.IsAsciiLetter(name[0]);
        if (!isName || budget.IsSpent)
            return null;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found))
            return Known.GetOrAdd(name, found);
        // Only this is paid for: what an expression costs must not depend on what ran before it.
        budget.Charge(UnknownCost);
        return null;
    }
}
