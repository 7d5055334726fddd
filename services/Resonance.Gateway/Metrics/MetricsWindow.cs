using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace Resonance.Gateway.Metrics;

/// <summary>How far back figures go: <c>30m</c>, <c>1h</c>, or an ISO 8601 duration such as <c>PT90M</c>.</summary>
static partial class MetricsWindow
{
    public const string Default = "1h";

    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <returns>Null for what is no duration, or one out of range.</returns>
    public static TimeSpan? Parse(string text)
    {
        try
        {
            var window = Short().Match(text) is { Success: true } match ? Of(match) : XmlConvert.ToTimeSpan(text);
            return window >= Shortest && window <= Longest ? window : null;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return null;
        }
    }

    static TimeSpan Of(Match match)
    {
        var count = int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "s" => TimeSpan.FromSeconds(count),
            "m" => TimeSpan.FromMinutes(count),
            _ => TimeSpan.FromHours(count),
        };
    }

    [GeneratedRegex(@"^(?<count>[0-9]{1,5})(?<unit>[smh])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Short();
}
