using Resonance.Engine.Telemetry;

namespace Resonance.Tests.Observability;

/// <summary>Every metric of Resonance, from wherever it is declared, and the names under which Prometheus has them.</summary>
static class MetricTable
{
    public static IReadOnlyList<MetricDescription> All { get; } = [.. ResonanceMetrics.All];

    /// <summary>The table of docs/observability.md.</summary>
    public static IEnumerable<string> Lines => All.Select(metric =>
        $"| `{metric.Name}` | {metric.Instrument} | `{metric.Unit}` | "
        + $"{string.Join(", ", metric.Attributes.Select(attribute => $"`{attribute}`"))} | {metric.Tells} |");

    /// <summary>
    /// The names that the collector's Prometheus exporter gives the series of a metric: dots become underscores, the unit comes behind
    /// unless it is an annotation, a counter ends in <c>_total</c>, and a histogram has three series.
    /// </summary>
    /// <remarks>https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/</remarks>
    public static IEnumerable<string> PrometheusNames(MetricDescription metric)
    {
        var name = Label(metric.Name);
        if (metric.Unit == "s")
            name += "_seconds";
        else if (!metric.Unit.StartsWith('{'))
            throw new NotSupportedException($"{metric.Name} has the unit '{metric.Unit}'; say here what Prometheus makes of it.");
        return metric.Instrument switch
        {
            "counter" => [$"{name}_total"],
            "histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => [name],
        };
    }

    public static string Label(string attribute) => attribute.Replace('.', '_');
}
