using System.Globalization;

namespace Resonance.Engine.Delivery;

static class Waits
{
    /// <summary>Waits as people read them, e.g. <c>0.1, 0.5, 2 s</c>.</summary>
    public static string InSeconds(IEnumerable<TimeSpan> waits) =>
        $"{string.Join(", ", waits.Select(wait => wait.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)))} s";
}
