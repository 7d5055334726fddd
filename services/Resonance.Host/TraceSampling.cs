using System.Globalization;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;
using Resonance.Engine.Telemetry;

namespace Resonance.Host;

/// <summary>The sampler that <c>OTEL_TRACES_SAMPLER</c> and <c>OTEL_TRACES_SAMPLER_ARG</c> ask for, as the specification has them.</summary>
/// <remarks>The library reads them only where no sampler is set, and <see cref="QuietSampler"/> is one.</remarks>
static class TraceSampling
{
    const string Setting = "OTEL_TRACES_SAMPLER";
    const string ShareSetting = "OTEL_TRACES_SAMPLER_ARG";

    /// <exception cref="OptionsValidationException">There is no such sampler, or its share is none.</exception>
    public static Sampler FromSettings(IConfiguration settings) => settings[Setting]?.Trim() switch
    {
        null or "" or "parentbased_always_on" => new ParentBasedSampler(new AlwaysOnSampler()),
        "parentbased_always_off" => new ParentBasedSampler(new AlwaysOffSampler()),
        "parentbased_traceidratio" => new ParentBasedSampler(new TraceIdRatioBasedSampler(Share(settings))),
        "always_on" => new AlwaysOnSampler(),
        "always_off" => new AlwaysOffSampler(),
        "traceidratio" => new TraceIdRatioBasedSampler(Share(settings)),
        var other => throw Refusal(
            $"{Setting} must be parentbased_always_on, parentbased_always_off, parentbased_traceidratio, always_on, always_off or " +
            $"traceidratio; found '{other}'."),
    };

    static double Share(IConfiguration settings)
    {
        var text = settings[ShareSetting];
        if (string.IsNullOrWhiteSpace(text))
            return 1;

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1
            ? share
            : throw Refusal($"{ShareSetting} must be a share from 0 to 1, e.g. 0.1; found '{text}'.");
    }

    static OptionsValidationException Refusal(string message) => new(Setting, typeof(Sampler), [message]);
}

/// <summary>Leaves out the spans that would only be in the way, and the others to the sampler that was asked for.</summary>
sealed class QuietSampler(Sampler inner) : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        SpanNoise.Is(samplingParameters.Name, samplingParameters.Kind, isRoot: samplingParameters.ParentContext.TraceId == default)
            ? new SamplingResult(SamplingDecision.Drop)
            : inner.ShouldSample(samplingParameters);
}
