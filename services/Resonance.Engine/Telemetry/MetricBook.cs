using System.Diagnostics.Metrics;

namespace Resonance.Engine.Telemetry;

/// <summary>One instrument as whoever builds a dashboard sees it.</summary>
/// <param name="Name">Name, e.g. <c>resonance.steps</c>.</param>
/// <param name="Instrument"><c>counter</c>, <c>histogram</c> or <c>gauge</c>.</param>
/// <param name="Unit">UCUM, e.g. <c>s</c> or <c>{step}</c>.</param>
/// <param name="Attributes">Names of the attributes that tell its series apart; each has few values, and none is an id.</param>
/// <param name="Tells">What one learns from it.</param>
sealed record MetricDescription(string Name, string Instrument, string Unit, IReadOnlyList<string> Attributes, string Tells);

/// <summary>Creates the instruments of a meter and keeps the list of them, from which the documentation is checked.</summary>
sealed class MetricBook(Meter meter)
{
    readonly List<MetricDescription> _all = [];

    /// <summary>In the order of their declaration.</summary>
    public IReadOnlyList<MetricDescription> All => _all;

    public Counter<long> Counter(string name, string unit, string tells, params string[] attributes)
    {
        _all.Add(new MetricDescription(name, "counter", unit, attributes, tells));
        return meter.CreateCounter<long>(name, unit, tells);
    }

    /// <param name="name">Name.</param>
    /// <param name="unit">Unit.</param>
    /// <param name="buckets">Upper bounds of the buckets, ascending: the library's own would put everything below a second into one.</param>
    /// <param name="tells">What one learns from it.</param>
    /// <param name="attributes">Names of its attributes.</param>
    public Histogram<double> Histogram(string name, string unit, double[] buckets, string tells, params string[] attributes)
    {
        _all.Add(new MetricDescription(name, "histogram", unit, attributes, tells));
        return meter.CreateHistogram(
            name, unit, tells, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });
    }

    public ObservableGauge<T> Gauge<T>(
        string name, string unit, Func<IEnumerable<Measurement<T>>> observe, string tells, params string[] attributes) where T : struct
    {
        _all.Add(new MetricDescription(name, "gauge", unit, attributes, tells));
        return meter.CreateObservableGauge(name, observe, unit, tells);
    }
}
